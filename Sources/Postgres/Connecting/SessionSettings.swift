/// How long one try for a lock may take that others have to queue behind while it is waited for.
public enum LockTimeout {
  public static let milliseconds: Int64 = 2000
  /// For the rest of a transaction.
  public static let setting: SQL = "SET LOCAL lock_timeout = \(milliseconds)"
}

/// What every session sets before anything else, so that nothing depends on how a role, a database or a
/// server happens to be configured.
enum SessionSettings {
  /// - Parameters:
  ///   - server: decides which settings exist.
  ///   - side: on the source nothing may ever be written, not even outside of the transactions that say so.
  static func batch(
    server: ServerCapabilities, side: Side, extensions: ExtensionSettings, synchronousCommit: Bool
  ) -> SQL {
    let readOnly: SQL = side == .source ? "on" : "off"
    var batch: SQL = """
      SET quote_all_identifiers = off;
      SET search_path = pg_catalog, pg_temp;
      SET DateStyle = 'ISO, YMD';
      SET IntervalStyle = 'postgres';
      SET TimeZone = 'UTC';
      SET extra_float_digits = 3;
      SET bytea_output = 'hex';
      SET xmlbinary = 'base64';
      SET xmloption = content;
      SET array_nulls = on;
      SET lc_monetary = 'C';
      SET standard_conforming_strings = on;
      SET row_security = off;
      SET statement_timeout = 0;
      SET lock_timeout = 0;
      SET idle_in_transaction_session_timeout = 0;
      SET client_min_messages = error;
      SET default_transaction_read_only = \(readOnly);
      SET jit = off;
      SET tcp_keepalives_idle = 30;
      SET tcp_keepalives_interval = 10;
      SET tcp_keepalives_count = 6;
      SET tcp_user_timeout = 90000;
      """
    if server.watchesClients { batch = batch + "SET idle_session_timeout = 0;" + noticingGoneClient }
    if server.limitsTransactions { batch = batch + "SET transaction_timeout = 0;" }
    if !synchronousCommit { batch = batch + "SET synchronous_commit = off;" }
    return batch + extensions.sql
  }

  /// A session whose client is gone holds its task until the server sees that: TCP tells of a host that is gone (the
  /// settings above, the server's side of what `Connection` asks of libpq), and this of a socket that was closed while a
  /// statement runs. Not every platform has it.
  private static let noticingGoneClient: SQL = """
    SELECT set_config('client_connection_check_interval', '3s', false) WHERE version() LIKE '%linux%';
    """
}

/// Settings of an extension that every session has to have. Only those that the server's version of it knows are set.
public struct ExtensionSettings: Sendable {
  public static let none = ExtensionSettings([:])

  private let values: [(name: String, value: String)]

  public init(_ values: KeyValuePairs<String, String>) {
    self.values = values.map { (name: $0.key, value: $0.value) }
  }

  fileprivate var sql: SQL {
    guard !values.isEmpty else { return "" }
    let rows = values.map { "(\($0.name), \($0.value))" as SQL }.joined(separator: ", ")
    return """
      SELECT set_config(name, value, false) FROM (VALUES \(rows)) AS wanted (name, value)
      WHERE current_setting(name, true) IS NOT NULL;
      """
  }
}
