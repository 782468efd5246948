/// Whole records of one input, which go to the server as they are. Its memory is used again for the next ones.
public final class Batch {
  /// Where they stand in the input without its compression, in bytes.
  public internal(set) var range: Range<Int64> = 0..<0
  /// The line on which the first record begins, counted from 1.
  public internal(set) var firstLine: Int64 = 1
  public internal(set) var lines: Int64 = 0
  public internal(set) var records = 0

  private(set) var memory: UnsafeMutableRawBufferPointer
  private let usualSize: Int

  /// - Parameter size: bytes that a batch has at most, unless a single record is longer.
  public init(size: Int) {
    usualSize = max(size, 64)
    memory = .allocate(byteCount: usualSize, alignment: 64)
  }

  deinit { memory.deallocate() }

  /// What there is to be sent.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: memory.prefix(range.count))
  }

  /// Forgets what there was, and the memory that one long record took.
  func clear() {
    range = 0..<0
    (lines, records) = (0, 0)
    guard memory.count > usualSize else { return }
    memory.deallocate()
    memory = .allocate(byteCount: usualSize, alignment: 64)
  }

  /// Makes room for as much again, keeping the bytes there are.
  ///
  /// - Returns: false where that would be more than `limit`.
  func grow(keeping filled: Int, limit: Int) -> Bool {
    guard memory.count < limit else { return false }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(limit, memory.count * 2), alignment: 64)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory.prefix(filled)))
    memory.deallocate()
    memory = larger
    return true
  }
}

/// A part of an input that was loaded before.
public struct LoadedRange: Sendable, Equatable {
  public var bytes: Range<Int64>
  public var lines: Int64

  public init(bytes: Range<Int64>, lines: Int64) {
    self.bytes = bytes
    self.lines = lines
  }
}
