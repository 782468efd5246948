extension TestCluster {
  /// A URI for `database` over TCP.
  public func connectionString(
    database: String, user: String = TestCluster.appUser,
    password: String = TestCluster.appPassword
  ) -> String {
    "postgresql://\(percentEncoded(user)):\(percentEncoded(password))@127.0.0.1:\(port)/"
      + percentEncoded(database)
  }

  /// The same in the keyword form.
  public func keywordString(
    database: String, user: String = TestCluster.appUser,
    password: String = TestCluster.appPassword
  ) -> String {
    "host=127.0.0.1 port=\(port) user=\(quotedKeywordValue(user)) "
      + "password=\(quotedKeywordValue(password)) dbname=\(quotedKeywordValue(database))"
  }

  /// A URI for `database` as superuser.
  public func superuserConnectionString(database: String) -> String {
    connectionString(database: database, user: Self.superuser, password: Self.superuserPassword)
  }
}
