//! Databases, for Debian 12: MariaDB 10.11.

/// The MariaDB database server.
component MariaDB {
  /// Databases that are there from the first start, each with a user of its name that may do everything in it.
  param databases: List<String> = []
  /// What these users log in with. Without one, whoever reaches the port may use the databases.
  secret password?
  /// How text is stored when a table does not say.
  param character_set: String = "utf8mb4"
  /// How strings compare when a table does not say.
  param collation: String = "utf8mb4_general_ci"
  /// Memory for cached tables and indexes.
  capacity buffer_pool: Size(5MiB..) = 128MiB
  /// Connections at the same time.
  capacity connections: Int(10..=100000) = 151

  package "mariadb-server"

  provides sql: MySql on 3306

  state "/var/lib/mysql" { user = "mysql", group = "mysql", mode = 0700 }

  file "/etc/mysql/mariadb.conf.d/90-plc.cnf" = ini {
    mysqld = {
      bind-address            = "0.0.0.0"
      port                    = sql.port
      init_file               = "/etc/mysql/plc-init.sql"
      innodb_buffer_pool_size = buffer_pool
      max_connections         = connections
      character-set-server    = character_set
      collation-server        = collation
      // Users are told apart by name, not by where they come from.
      skip-name-resolve = 1
    }
  }

  // The server reads only what everybody may read: nobody else comes into the directory.
  state "/run/mariadb-secrets" { user = "mysql", mode = 0700 }
  file "/run/mariadb-secrets/password" = secret password { user = "mysql", mode = 0444 }

  // Runs at each start, one statement a line. A user is locked until it has its password.
  file "/etc/mysql/plc-init.sql" = lines [
    ["CREATE DATABASE IF NOT EXISTS `{name}`;"]
        + (
          if password == none
            then ["CREATE USER IF NOT EXISTS '{name}'@'%';"]
            else [
              "CREATE USER IF NOT EXISTS '{name}'@'%' ACCOUNT LOCK;",
              "EXECUTE IMMEDIATE CONCAT('ALTER USER ''{name}''@''%'' IDENTIFIED BY ', {read}, ' ACCOUNT UNLOCK');",
            ]
        )
        + ["GRANT ALL ON `{name}`.* TO '{name}'@'%';"]
      for name in databases
  ]

  let read = "QUOTE(TRIM(TRAILING '\\n' FROM LOAD_FILE('/run/mariadb-secrets/password')))"

  state "/run/mysqld" { user = "mysql" }

  /// Makes the system tables: the directory is empty at first.
  job install {
    exec = [
      "/usr/bin/mariadb-install-db",
      "--auth-root-authentication-method=socket",
      "--auth-root-socket-user=mysql",
      "--skip-test-db",
      "--datadir=/var/lib/mysql",
    ]
    user = "mysql"
  }

  service mariadbd {
    exec  = ["/usr/sbin/mariadbd"]
    user  = "mysql"
    ready = ["/usr/bin/mariadb-admin", "ping"]
  }

  // Reads the whole configuration and refuses what it does not know.
  check ["/usr/sbin/mariadbd", "--user=mysql", "--help", "--verbose"]
}
