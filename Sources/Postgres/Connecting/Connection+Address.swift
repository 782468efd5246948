extension Connection {
  /// Where the server is reached, as `host:port`: of a string with several hosts the one that answered, for a Unix
  /// socket its directory. Never shows what may be a piece of a password.
  public var address: String { ServerAddress(of: handle)?.description ?? "the server" }
}
