{
  description = "plc: compiles a typed description of a production into reproducible root file systems";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      packages = each (pkgs: {
        default = pkgs.rustPlatform.buildRustPackage {
          pname = "plc";
          version = (builtins.fromTOML (builtins.readFile ./Cargo.toml)).workspace.package.version;
          src = self;
          cargoLock.lockFile = ./Cargo.lock;
          cargoBuildFlags = [ "--package" "plc" ];
          cargoTestFlags = [ "--workspace" ];
          # The tests make packages of their own from these, and configure them with dpkg in user namespaces.
          nativeCheckInputs = [ pkgs.dpkg pkgs.dash pkgs.coreutils pkgs.git pkgs.gnutar pkgs.gzip ];
          meta = {
            description = "Compiles a typed description of a production into reproducible root file systems";
            license = with pkgs.lib.licenses; [ mit asl20 ];
            mainProgram = "plc";
            platforms = systems;
          };
        };
      });

      devShells = each (pkgs: {
        default = pkgs.mkShell {
          packages = [ pkgs.cargo pkgs.rustc pkgs.clippy pkgs.rustfmt pkgs.rust-analyzer pkgs.dpkg pkgs.mmdebstrap ];
        };
      });
    };
}
