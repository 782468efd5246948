/// What servers keep of the tests' passwords: SCRAM-SHA-256 with 1 iteration instead of 4096, which cost each of the
/// thousands of connections more than the server's answer does.
///
/// Salted, hashed once and written as https://www.postgresql.org/docs/current/catalog-pg-authid.html says.
enum Verifier {
  /// Of `TestCluster.appPassword`.
  static let app =
    "SCRAM-SHA-256$1:YmFja2ZpbGwtdGVzdHMtMQ==$0RC3N+trJx5v8tc0BaTyKzjwHWp/fXTEYKonD0uBTwo=:PrOUnIAqSd/4qY7/EDZpjdGLMP1mSYIs1gRY2Gos/xg="
  /// Of `TestCluster.superuserPassword`.
  static let superuser =
    "SCRAM-SHA-256$1:YmFja2ZpbGwtdGVzdHMtMQ==$iRS9bzUmWaYTiebjzHR4hvHzJdsE7spP+3uigbM00DY=:tNFXP4GdVOU88EwV24jwzEg84NWrmhtPjBnjJE3QbXY="
}
