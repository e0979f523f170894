//! Wikis, for Debian 12: MediaWiki 1.39.

/// The wiki that Wikipedia runs on. A web server on the same host serves it: `root` is the directory that it serves, and
/// `aliases` and `data` are what it needs to know besides.
component MediaWiki {
  /// Where pages and their histories are kept.
  requires database: MySql
  /// Where what was computed once is kept, and who is logged in.
  requires memory: List<Memcached>?
  /// Where uploads are kept: an account `name`. Without one, each host has its own.
  requires files: Swift?
  /// Caches before it, which are told when a page changes.
  requires caches: List<Http>?

  /// What it calls itself.
  param title: String
  /// The database, and the user of the same name.
  param name: String = "wiki"
  /// Its language, which is that of new pages too.
  param language: String = "en"
  /// How names are sorted in categories.
  param collation: String = "uppercase"
  /// Extensions, of those that the package has.
  param extensions: List<String> = ["Cite", "ParserFunctions", "WikiEditor"]
  /// The URL of the site, without a path. Without one, it is where a reader asks.
  param server: Url?
  /// Whether readers may upload files.
  param uploads: Bool = true
  /// Whoever may do everything.
  param administrator: String = "Admin"
  /// What the administrator logs in with at first.
  secret administrator_password
  /// What sessions and tokens are made with.
  secret key
  /// The password of the database's user.
  secret database_password?
  /// The key of the user of `files`.
  secret files_key?

  package "mediawiki"
  package ["php8.2-cli", "php8.2-mysql", "php8.2-intl", "php8.2-mbstring", "php8.2-xml", "php8.2-curl"]
  package ["php8.2-apcu", "php8.2-gd"]

  /// What its web server serves.
  let root = "/srv/mediawiki"
  /// Where pages and scripts lie in URLs.
  let aliases = { "/w" = "/var/lib/mediawiki", "/wiki" = "/var/lib/mediawiki/index.php" }
  /// Where uploads are had from, in URLs, if not from the host itself.
  let proxied = { "{zone.path}" = zone.url for zone in zones }
  let zones = flatten(
    [
      [
        { path = "/w/images", url = "{store.url}/v1/AUTH_{name}/{name}-local-public" },
        { path = "/w/images/thumb", url = "{store.url}/v1/AUTH_{name}/{name}-local-thumb" },
      ] for store in present([files])
    ]
  )
  /// Uploads, none of which is run.
  let data = ["/var/lib/mediawiki/images"]
  /// The page that whoever asks for nothing is shown.
  let start = "/wiki/Main_Page"
  /// Answers load balancers without touching the database.
  let health = "/health.php"

  /// Uploads, where there is no other place for them.
  state "/var/lib/mediawiki/images" { user = "www-data", group = "www-data", mode = 0750 }

  // Where PHP reads them. One without a value is not there, and is then an empty password.
  file "/run/mediawiki/database" = secret database_password { user = "www-data" }
  file "/run/mediawiki/files" = secret files_key { user = "www-data" }
  file "/run/mediawiki/key" = secret key { user = "www-data" }
  file "/run/mediawiki/administrator" = secret administrator_password { user = "www-data" }

  file "{root}{health}" = text r"""
    <?php
    echo "ok\n";
    """

  file "/etc/mediawiki/settings.php" = php {
    wgSitename          = title
    wgServer            = server
    wgLanguageCode      = language
    wgScriptPath        = "/w"
    wgArticlePath       = "/wiki/$1"
    wgCategoryCollation = collation
    // `16` is MediaWiki's `DBO_DEFAULT`.
    wgDBservers = [
      {
        type     = "mysql"
        host     = database.address
        dbname   = name
        user     = name
        password = ""
        flags    = 16
        load     = 1
      },
    ]
    wgDBname           = name
    wgDBTableOptions   = "ENGINE=InnoDB, DEFAULT CHARSET=binary"
    wgMemCachedServers = [server.address for server in memory ?? []]
    wgUseCdn           = caches != none
    wgCdnServers       = [cache.address for cache in caches ?? []]
    wgCacheDirectory   = "/var/cache/mediawiki"
    wgEnableUploads    = uploads
    // There is no mail server.
    wgEnableEmail = false
    wgPingback    = false
    wgShellLocale = "C.UTF-8"
    wgObjectStores = [
      {
        name         = "store"
        class        = "SwiftFileBackend"
        swiftAuthUrl = "{store.url}/auth"
        swiftUser    = "{name}:{name}"
        lockManager  = "nullLockManager"
      } for store in present([files])
    ]
    wgExtensionsToLoad = extensions
  }

  // `/usr/share/mediawiki/LocalSettings.php`, which is in the package, leads here.
  file "/etc/mediawiki/LocalSettings.php" = text r"""
    <?php
    if ( !defined( 'MEDIAWIKI' ) ) {
        exit;
    }
    require '/etc/mediawiki/settings.php';
    $plcSecret = static fn ( $name ) => rtrim( (string)@file_get_contents( "/run/mediawiki/$name" ), "\n" );
    $wgSecretKey = $plcSecret( 'key' );
    $wgDBservers[0]['password'] = $plcSecret( 'database' );
    if ( !$wgServer ) {
        $wgServer = WebRequest::detectServer();
    }
    $wgMainCacheType = $wgMemCachedServers ? CACHE_MEMCACHED : CACHE_ACCEL;
    $wgSessionCacheType = $wgMainCacheType;
    $wgParserCacheType = $wgMainCacheType;
    // What caches say about who asked them is believed; that goes by addresses.
    foreach ( $wgCdnServers as $cache ) {
        $wgCdnServersNoPurge[] = gethostbyname( explode( ':', $cache )[0] );
    }
    foreach ( $wgObjectStores as $store ) {
        $wgFileBackends[] = $store + [ 'swiftKey' => $plcSecret( 'files' ) ];
        $wgLocalFileRepo = [
            'class' => LocalRepo::class,
            'name' => 'local',
            'backend' => $store['name'],
            'scriptDirUrl' => $wgScriptPath,
            'url' => "$wgScriptPath/images",
            'hashLevels' => 2,
            'deletedHashLevels' => 3,
            'transformVia404' => false,
            'zones' => array_fill_keys( [ 'public', 'thumb', 'temp', 'transcoded', 'deleted' ], [] ),
        ];
    }
    wfLoadSkin( 'Vector' );
    wfLoadExtensions( $wgExtensionsToLoad );
    """

  file "/usr/local/lib/mediawiki/tables.sh" = text r"""
    # Makes the tables and the administrator, or brings tables that are there up to this version. The settings that the installer
    # writes are not the wiki's.
    set -eu
    umask 077
    maintenance=/usr/share/mediawiki/maintenance
    asks() {
        php "$maintenance/sql.php" --query "$1" 2> /dev/null
    }
    update() {
        php "$maintenance/update.php" --quick
    }
    there=no
    if asks 'SELECT 1 FROM site_stats' > /dev/null; then
        there=yes
        # The installer makes the administrator last: where there is nobody who may do everything, it may not have come to its end.
        if asks "SELECT COUNT(*) AS count FROM user_groups WHERE ug_group = 'sysop'" | grep -q 'count. => [1-9]'; then
            update
            exit
        fi
    fi
    database=/run/mediawiki/database
    [ -e "$database" ] || database=/dev/null
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    export MW_CONFIG_FILE="$scratch/LocalSettings.php"
    php "$maintenance/install.php" --confpath "$scratch" --dbpassfile "$database" \
        --passfile /run/mediawiki/administrator "$@"
    unset MW_CONFIG_FILE
    [ "$there" = no ] || update
    """

  /// Once for each version: pages that were written with the one before are kept.
  job tables {
    exec = [
      "/bin/sh",
      "/usr/local/lib/mediawiki/tables.sh",
      "--dbserver={database.address}",
      "--dbname={name}",
      "--dbuser={name}",
      "--server={server ?? "http://localhost"}",
      "--scriptpath=/w",
      "--lang={language}",
      title,
      administrator,
    ]
    user     = "www-data"
    shared   = true
    once_for = "{package("mediawiki").version.upstream}"
  }

  check ["/usr/bin/php", "-l", "/etc/mediawiki/settings.php"]
  check ["/usr/bin/php", "-l", "/etc/mediawiki/LocalSettings.php"]
}
