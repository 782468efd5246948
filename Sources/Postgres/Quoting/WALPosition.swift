/// A place in a server's write-ahead log, https://www.postgresql.org/docs/current/datatype-pg-lsn.html
public struct WALPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// As the server writes it: two hexadecimal numbers with a slash between them.
  public init?(_ text: String) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let high = UInt32(halves[0], radix: 16), let low = UInt32(halves[1], radix: 16)
    else { return nil }
    value = UInt64(high) << 32 | UInt64(low)
  }

  public var description: String {
    "\(String(value >> 32, radix: 16, uppercase: true))/\(String(value & 0xffff_ffff, radix: 16, uppercase: true))"
  }

  public static func < (left: WALPosition, right: WALPosition) -> Bool { left.value < right.value }

  /// The same place without a page's header, at most 40 bytes (access/xlog_internal.h). A primary counts the header of a
  /// page that it has written nothing else to; a standby that has replayed all there is does not.
  public var withoutPageHeader: WALPosition {
    let offset = value % 8192
    return offset <= 40 ? WALPosition(value - offset) : self
  }
}
