internal import CLibpq

/// A libpq connection string, URI or keyword form, whose description never shows a secret.
///
/// The text is checked with libpq's own parser, so everything libpq accepts is accepted; see
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public struct ConnectionString: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// Why a text is no connection string. Nothing of the text is in here, as a part of it may be a password.
  public enum Malformed: Error, Sendable, Equatable {
    case nul
    /// A keyword without an equals sign and a value.
    case missingValue
    /// An option, or a parameter of a URI, that libpq doesn't know.
    case unknownOption
    case unknownParameter
    case openQuote
    /// A percent sign that two hexadecimal digits don't follow.
    case badPercent
    case unexpectedCharacter
    /// An equals sign too many or none in a parameter of a URI.
    case extraSeparator
    case missingSeparator
    case openBracket
    /// An @ that isn't percent-encoded, and moves a part of the password into another value.
    case strayAt
    case portIsNoNumber
    case nestedConnectionString
    /// libpq says something else, which may quote the text.
    case other
  }

  /// What is handed to libpq. Kept away from every output.
  let secret: String
  /// Takes the place of the text's own database.
  private(set) var database: String?

  /// The keywords that may be shown (never a password, key or its path's passphrase), in libpq's order.
  public private(set) var settings: [(keyword: String, value: String)]

  /// - Throws: `Malformed` when libpq can't parse the text.
  public init(_ text: String) throws(Malformed) {
    guard !text.utf8.contains(0) else { throw .nul }
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(text, &message) else {
      let reason = message.map { String(cString: $0) } ?? ""
      if let message { PQfreemem(message) }
      throw Self.fault(in: reason)
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
    if let fault = Self.misplacedSecret(in: text) ?? misplacedSecret { throw fault }
  }

  /// The same server by another database.
  public func database(_ name: String) -> ConnectionString {
    var other = self
    other.database = name
    other.settings = settings.filter { $0.keyword != "dbname" } + [("dbname", name)]
    return other
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
      return text.contains(part: "password=")
        || setting.keyword.hasPrefix("host") && text.dropFirst().contains(part: "@")
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
  private static func misplacedSecret(in text: String) -> Malformed? {
    guard let scheme = ["postgresql://", "postgres://"].first(where: { text.utf8.starts(with: $0.utf8) })
    else { return nil }
    let place = text.utf8.dropFirst(scheme.utf8.count).prefix { $0 != UInt8(ascii: "?") }
    let slash = place.firstIndex(of: UInt8(ascii: "/")) ?? place.endIndex
    let at = UInt8(ascii: "@")
    guard place[..<slash].filter({ $0 == at }).count > 1 || place[slash...].contains(at) else { return nil }
    return .strayAt
  }

  /// The same where it shows in what libpq made of the text.
  private var misplacedSecret: Malformed? {
    if let port = self["port"], !port.utf8.allSatisfy({ $0 == UInt8(ascii: ",") || (48...57).contains($0) }) {
      return .portIsNoNumber
    }
    if let name = self["dbname"],
      name.hasPrefix("postgres") && name.contains(part: "://") || name.contains(part: "password=")
    {
      return .nestedConnectionString
    }
    return nil
  }

  /// libpq's parser quotes what it could not read, and that may be a piece of the password: only which of its messages it
  /// is is kept. It has nothing else to tell them by, and they are never translated, as this program calls no setlocale.
  private static func fault(in message: String) -> Malformed {
    let known: [(libpq: String, fault: Malformed)] = [
      ("missing \"=\"", .missingValue), ("invalid connection option", .unknownOption),
      ("invalid URI query parameter", .unknownParameter), ("unterminated quoted string", .openQuote),
      ("percent-encoded", .badPercent), ("unexpected character", .unexpectedCharacter),
      ("extra key/value separator", .extraSeparator), ("missing key/value separator", .missingSeparator),
      ("end of string", .openBracket),
    ]
    return known.first { message.contains(part: $0.libpq) }?.fault ?? .other
  }
}

extension ConnectionString: CustomReflectable {
  /// `dump` and every other use of reflection sees no more than the description.
  public var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
