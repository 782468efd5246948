import Foundation

/// An SQL identifier, quoted.
public func quotedIdentifier(_ name: String) -> String {
  "\"\(name.replacingOccurrences(of: "\"", with: "\"\""))\""
}

/// An SQL string literal, quoted, for `standard_conforming_strings = on`.
public func quotedLiteral(_ text: String) -> String {
  "'\(text.replacingOccurrences(of: "'", with: "''"))'"
}

/// A value in a keyword/value connection string, quoted as
/// https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE says.
func quotedKeywordValue(_ text: String) -> String {
  let escaped = text.replacingOccurrences(of: "\\", with: "\\\\")
    .replacingOccurrences(of: "'", with: "\\'")
  return "'\(escaped)'"
}

/// A part of a connection URI, percent-encoded but for what RFC 3986 calls unreserved.
func percentEncoded(_ text: String) -> String {
  let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
  return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
}
