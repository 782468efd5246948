import Postgres
import TestConnections
import Testing

@Suite("Connection strings") struct ConnectionStringTests {
  @Test(
    "show where they lead",
    arguments: [
      Case(
        "URI", "postgresql://app:pw@db.example:6432/metrics",
        "user=app host=db.example port=6432 dbname=metrics"),
      Case("short scheme", "postgres://db.example", "host=db.example"),
      Case("keywords", "host=db.example user=app password=pw dbname=m", "user=app host=db.example dbname=m"),
      Case("quoted values", "host='/var/run' dbname='my db'", "host=/var/run dbname=my db"),
      Case("several hosts", "postgres://a:1,b:2/m", "host=a,b port=1,2 dbname=m"),
      Case("a host of IPv6", "postgres://[::1]:5432/m", "host=::1 port=5432 dbname=m"),
      Case("an abstract socket", "host=@pg dbname=m", "host=@pg dbname=m"),
      Case("a service", "service=prod", "service=prod"),
      Case("percent encoding", "postgres://a%40b@h/d%2Fb", "user=a@b host=h dbname=d/b"),
      Case("nothing", "", "(libpq defaults)"),
    ])
  func descriptions(_ row: Case<String, String>) throws {
    #expect(try ConnectionString(row.input).description == row.expected)
  }

  @Test("tell their settings by keyword") func settings() throws {
    let string = try ConnectionString("postgres://u:pw@h/d?connect_timeout=7&sslmode=require")
    #expect(string["connect_timeout"] == "7")
    #expect(string["sslmode"] == "require")
    #expect(string["password"] == nil)
    #expect(string["port"] == nil)
  }

  @Test(
    "that libpq can't read are refused",
    arguments: [
      "host", "host=h passwort=x", "postgres://h:5432:5433/x=", "host='h", "postgres://h/d?nonsense=1",
      "postgres://[::1/d", "postgres://h/%zz", "host=h\0 user=x",
    ])
  func malformed(_ text: String) {
    #expect(throws: ConnectionString.Malformed.self) { try ConnectionString(text) }
  }
}
