import Postgres
import TestConnections
import TestServers
import Testing

/// Whatever a secret looks like and wherever it stands: no way of printing the value shows it.
@Suite("A connection string's secret") struct ConnectionSecrecyTests {
  static let secret = "s3cr3t"

  static let strings = [
    "postgresql://app:s3cr3t@h/db",
    "host=h password=s3cr3t dbname=db",
    #"host=h password='it\'s s3cr3t'"#,
    "postgresql://app:p?s3cr3t=x@h/db",
    "postgresql://app:[s3cr3t@h/db",
    "postgresql://h/db?password=s3cr3t",
    "postgresql://h/db?sslpassword=s3cr3t&user=app",
  ]

  private struct Holder {
    let label = "holder"
    let string: ConnectionString?
    let list: [ConnectionString]
  }

  @Test("is in no text made of the value or of what holds it", arguments: strings)
  func texts(_ text: String) throws {
    guard let string = try? ConnectionString(text) else { return }
    let holder = Holder(string: string, list: [string])
    var shown = ["\(string)", string.description, string.debugDescription, String(reflecting: string)]
    shown += ["\(holder)", String(reflecting: holder), "\([string])", "\(["key": string])"]
    shown += ["\(Optional(string) as Any)", "\((string, 1))", "\(Result<_, Never>.success(string))"]
    for value in [string, holder, [string]] as [Any] {
      var dumped = ""
      dump(value, to: &dumped)
      shown.append(dumped)
    }
    for text in shown { #expect(!text.contains(Self.secret), "\(text)") }
  }

  @Test("is out of reach of reflection", arguments: strings)
  func reflection(_ text: String) throws {
    guard let string = try? ConnectionString(text) else { return }
    #expect(Mirror(reflecting: string).children.isEmpty)
  }

  /// libpq's parser quotes what it could not read.
  @Test(
    "isn't in the message about a malformed string",
    arguments: [
      "host=h password=my s3cr3t",
      #"host=h password=x "s3cr3t"#,
      #"host=h password=x a"s3cr3t"b"#,
      "host=h password=x \"\u{301}s3cr3t",
      "postgresql://app:s3cr3t%zz@h/db",
      "postgresql://app:s3cr3t%00@h/db",
      // A slash moves the beginning of the password into the port, and libpq's message about that quotes it.
      "postgresql://app:s3cr3t/x@h/db",
      "postgresql://app:p?%zz\"s3cr3t\"@h/db",
      // An @ that should have been written as %40 moves the rest of the password into the host.
      "postgresql://app:p@s3cr3t@h/db",
      // A slash moves it into the database name.
      "postgresql://app:12/s3cr3t@h/db",
      // Servers name a database that isn't there.
      "host=h dbname=postgresql://app:s3cr3t@h/db",
      "host=h dbname='host=x password=s3cr3t'",
    ])
  func malformed(_ text: String) {
    do {
      let string = try ConnectionString(text)
      Issue.record("\(string) was taken")
    } catch {
      for shown in ["\(error)", String(reflecting: error)] {
        #expect(!shown.contains(Self.secret), "\(shown)")
      }
      var dumped = ""
      dump(error, to: &dumped)
      #expect(!dumped.contains(Self.secret), "\(dumped)")
    }
  }

  @Test(
    "isn't shown, nor in a message, whatever stands beside it",
    arguments: [
      "postgres://u:PW@h/d", "host=h password=PW user=u", "host=h password='PW'",
      "postgres://h/d?password=PW",
    ])
  func anyPassword(_ form: String) {
    var random = SeededRandom(seed: 4)
    for _ in 0..<3000 {
      let password = random.hostileText(length: 6) + Self.secret + random.hostileText(length: 6)
      let text = form.split(separator: "PW", omittingEmptySubsequences: false).joined(separator: password)
      do {
        let taken = try ConnectionString(text)
        #expect(!"\(taken)".contains(Self.secret), "\(text) is shown as \(taken)")
      } catch {
        #expect(!"\(error)".contains(Self.secret), "\(text): \(error)")
      }
    }
  }

  @Test(
    "is in the way of no message",
    arguments: [
      Case("no value", "host", .missingValue),
      Case("unknown keyword", "hots=h", .unknownOption),
      Case("open quote", "host='h", .openQuote),
      Case("unknown parameter", "postgres://h/d?hots=h", .unknownParameter),
      Case("no port", "postgres://h:x/d", .portIsNoNumber),
      Case("@", "postgres://a:b@c@h/d", .strayAt),
      Case("a percent sign", "postgres://h/%zz", .badPercent),
      Case("two equals signs", "postgres://h/d?user=a=b", .extraSeparator),
      Case("no equals sign", "postgres://h/d?user", .missingSeparator),
      Case("open bracket", "postgres://[::1/d", .openBracket),
      Case("NUL", "host=h\0 user=x", .nul),
    ] as [Case<String, ConnectionString.Malformed>])
  func message(_ row: Case<String, ConnectionString.Malformed>) {
    do {
      let string = try ConnectionString(row.input)
      Issue.record("\(string) was taken")
    } catch {
      #expect(error == row.expected)
    }
  }
}
