/// Raw rows at integer times, summed up by tens, and the tens by hundreds.
enum IntegerHistory {
  static let schema = [
    """
    CREATE TABLE m (t int NOT NULL, val int);
    SELECT create_hypertable('m', 't', chunk_time_interval => 100);
    CREATE FUNCTION now_as_integer() RETURNS int LANGUAGE sql STABLE AS 'SELECT 10000';
    SELECT set_integer_now_func('m', 'now_as_integer');
    """,
    """
    CREATE MATERIALIZED VIEW tens WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
    SELECT time_bucket(10, t) AS b, count(*) AS n, sum(val) AS s FROM m GROUP BY 1 WITH NO DATA
    """,
    """
    CREATE MATERIALIZED VIEW hundreds WITH (timescaledb.continuous, timescaledb.materialized_only = true) AS
    SELECT time_bucket(100, b) AS b, sum(n) AS n, sum(s) AS s FROM tens GROUP BY 1 WITH NO DATA
    """,
  ]

  /// A row at each time, the last included.
  static func rows(from: Int, to: Int) -> String {
    "INSERT INTO m SELECT t, t FROM generate_series(\(from), \(to)) AS t"
  }

  static func refresh(_ view: String, from: Int?, to: Int?) -> String {
    func text(_ bound: Int?) -> String { bound.map { "\($0)" } ?? "NULL" }
    return "CALL refresh_continuous_aggregate('\(view)', \(text(from)), \(text(to)))"
  }
}
