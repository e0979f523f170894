//! The protocols that components speak, known in every file without a `use`. A protocol of one's own is declared in
//! the same way, beside the components that speak it.

/// Requests for pages and other resources, in the clear.
protocol Http { scheme = "http" }
/// The same over TLS.
protocol Https { scheme = "https" }
/// Requests from a web server to an application beside it.
protocol FastCgi { scheme = "fcgi" }
/// MySQL's and MariaDB's.
protocol MySql { scheme = "mysql" }
/// PostgreSQL's.
protocol Postgres { scheme = "postgresql" }
/// Redis's and Valkey's.
protocol Redis { scheme = "redis" }
/// Memcached's, text and binary.
protocol Memcached { scheme = "memcached" }
/// Messages between brokers and clients, 0-9-1.
protocol Amqp { scheme = "amqp" }
/// Elasticsearch's and OpenSearch's, over HTTP.
protocol Search { scheme = "http" }
/// OpenStack's stores of objects, over HTTP.
protocol Swift { scheme = "http" }
/// Submits and relays mail.
protocol Smtp { scheme = "smtp" }
/// Reads mail.
protocol Imap { scheme = "imap" }
/// Looks names up.
protocol Dns { scheme = "dns" }
/// Looks people and groups up.
protocol Ldap { scheme = "ldap" }
/// Shells and files.
protocol Ssh { scheme = "ssh" }
/// Repositories.
protocol Git { scheme = "git" }
/// Log messages.
protocol Syslog { scheme = "syslog" }
/// Measurements that are pulled over HTTP.
protocol Prometheus { scheme = "http" }
/// Anything over TCP that has no name of its own.
protocol Tcp { scheme = "tcp" }
