//! The sandbox on this machine's kernel, as whoever runs the tests: root, or a user with subordinate ids. Where there can be
//! no user namespaces these tests fail, with the sandbox's own word on what is missing.

mod sandbox {
    mod containment;
    mod delta;
    mod fixture;
    mod layers;
    mod life;
    mod measure;
    mod placed;
}
