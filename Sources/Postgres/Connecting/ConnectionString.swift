internal import CLibpq

/// A libpq connection string, URI or keyword form, whose description never shows a secret.
///
/// The text is checked with libpq's own parser, so everything libpq accepts is accepted; see
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public struct ConnectionString: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// A text that libpq can't read. The message never quotes the text, as a part of it may be a password.
  public struct Malformed: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// What is handed to libpq. Kept away from every output.
  let secret: String

  /// The keywords that may be shown (never a password, key or its path's passphrase), in libpq's order.
  public let settings: [(keyword: String, value: String)]

  /// - Throws: `Malformed` when libpq can't parse the text.
  public init(_ text: String) throws(Malformed) {
    guard !text.utf8.contains(0) else { throw Malformed(description: "it contains a NUL byte") }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      let reason = message.map { String(cString: $0) } ?? "out of memory"
      if let message { PQfreemem(message) }
      throw Malformed(description: Self.withoutText(reason))
    }
    defer { PQconninfoFree(options) }
    var shown: [(String, String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, option.pointee.dispchar.map({ $0.pointee == 0 }) ?? true {
        shown.append((String(cString: keyword), String(cString: value)))
      }
      option += 1
    }
    secret = text
    settings = shown
    if let reason = Self.misplacedSecret(in: text) ?? misplacedSecret { throw Malformed(description: reason) }
  }

  /// A setting by its libpq keyword, if the text has it and it isn't secret.
  public subscript(keyword: String) -> String? {
    settings.first { $0.keyword == keyword }?.value
  }

  /// The keyword of a value that seems to have swallowed a password, as happens where quotes or percent signs are missing;
  /// such a value may not be shown either. nil when there is none.
  var keywordHoldingSecret: String? {
    settings.first { setting in
      let text = String(setting.value.lowercased().filter { !$0.isWhitespace })
      return text.contains("password=") || setting.keyword.hasPrefix("host") && text.dropFirst().contains("@")
    }?.keyword
  }

  public var description: String {
    guard keywordHoldingSecret == nil else { return "(not shown, as it may hold a password)" }
    let known = ["user", "host", "hostaddr", "port", "dbname", "service"]
    let parts = known.compactMap { keyword in self[keyword].map { "\(keyword)=\($0)" } }
    return parts.isEmpty ? "(libpq defaults)" : parts.joined(separator: " ")
  }

  public var debugDescription: String { description }

  /// A URI whose password holds an @ that should have been percent-encoded, so that libpq takes a part of it for
  /// the host or the database name, which everybody shows.
  private static func misplacedSecret(in text: String) -> String? {
    guard let scheme = ["postgresql://", "postgres://"].first(where: { text.utf8.starts(with: $0.utf8) })
    else { return nil }
    let place = text.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "?") }
    let slash = place.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
    let at = UInt8(ascii: "@")
    guard place[..<slash].filter({ $0 == at }).count > 1 || place[slash...].contains(at) else { return nil }
    return "it has an \"@\" too many; write an @ inside a user name, password or database name as %40"
  }

  /// The same where it shows in what libpq made of the text.
  private var misplacedSecret: String? {
    if let port = self["port"], !port.utf8.allSatisfy({ $0 == UInt8(ascii: ",") || (48...57).contains($0) }) {
      return "the port is not a number; write / ? # and @ inside a URI's password as %2F %3F %23 and %40"
    }
    if let name = self["dbname"],
      name.hasPrefix("postgres") && name.contains("://") || name.contains("password=")
    {
      return "the database name is a connection string itself"
    }
    return nil
  }

  /// libpq's parser quotes what it could not read, and that may be a piece of the password: only its own words are kept.
  private static func withoutText(_ message: String) -> String {
    let known: [(libpq: String, ours: String)] = [
      ("missing \"=\"", "a keyword has no \"=\" and value after it"),
      ("invalid connection option", "it has an option that libpq does not know"),
      ("invalid URI query parameter", "the URI has a parameter that libpq does not know"),
      ("unterminated quoted string", "a quoted value has no closing quote"),
      ("percent-encoded", "a % in the URI is not followed by two hexadecimal digits (write % itself as %25)"),
      ("unexpected character", "the URI has a character where none may stand"),
      ("extra key/value separator", "the URI has an = too many in its parameters"),
      ("missing key/value separator", "the URI has a parameter without ="),
      ("end of string", "the URI has a [ without ]"),
    ]
    return known.first { message.contains($0.libpq) }?.ours ?? "libpq can't read it"
  }
}

extension ConnectionString: CustomReflectable {
  /// `dump` and every other use of reflection sees no more than the description.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
