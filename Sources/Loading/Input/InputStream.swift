public import Waiting

/// An input's bytes without its compression, which is told by its first bytes.
public final class InputStream {
  public let file: InputFile
  public let compression: Compression?
  private let source: any ByteSource
  /// Bytes that were looked at and are still to be read.
  private var pending: ArraySlice<UInt8>

  /// - Throws: `InputFailure`.
  public init(_ path: String, interrupt: Interrupt) throws(InputFailure) {
    file = try InputFile(path, interrupt: interrupt)
    let magic = try Self.bytes(4, of: PlainBytes(file))
    compression = Compression(magic: magic)
    switch compression {
    case .gzip: source = try GzipBytes(file, head: magic)
    case .zstd: source = try ZstdBytes(file, head: magic)
    case nil: source = PlainBytes(file)
    }
    pending = compression == nil ? magic[...] : []
  }

  /// - Returns: how many bytes were read; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    guard pending.isEmpty else {
      let count = min(buffer.count, pending.count)
      buffer.copyBytes(from: pending.prefix(count))
      pending = pending.dropFirst(count)
      return count
    }
    return try source.read(into: buffer)
  }

  /// The next bytes, or as many as there are, which stay to be read.
  func peek(_ count: Int) throws(InputFailure) -> ArraySlice<UInt8> {
    if pending.count < count {
      pending = (pending + (try Self.bytes(count - pending.count, of: source)))[...]
    }
    return pending.prefix(count)
  }

  /// Goes on behind bytes that aren't wanted; there have to be as many.
  func skip(_ count: Int64) throws(InputFailure) {
    let first = min(count, Int64(pending.count))
    pending = pending.dropFirst(Int(first))
    if count > first { try source.skip(count - first) }
  }

  /// Puts bytes back in front of what is still to be read.
  func unread(_ bytes: [UInt8]) { pending = (bytes + pending)[...] }

  private static func bytes(_ wanted: Int, of source: any ByteSource) throws(InputFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < wanted {
      var part = [UInt8](repeating: 0, count: wanted - bytes.count)
      // Not a closure, which could not throw what it throws.
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 16)
      defer { buffer.deallocate() }
      let count = try source.read(into: buffer)
      guard count > 0 else { break }
      part = Array(buffer.prefix(count))
      bytes += part
    }
    return bytes
  }
}

extension Compression {
  /// RFC 1952 and RFC 8878; zstd's skippable frames have sixteen magic numbers.
  init?(magic: [UInt8]) {
    if magic.starts(with: [0x1f, 0x8b]) {
      self = .gzip
    } else if magic == [0x28, 0xb5, 0x2f, 0xfd]
      || magic.count == 4 && magic[0] & 0xf0 == 0x50 && magic[1...] == [0x2a, 0x4d, 0x18]
    {
      self = .zstd
    } else {
      return nil
    }
  }
}

/// Something that gives bytes, one after the other.
protocol ByteSource: AnyObject {
  /// - Returns: how many bytes were read; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int
  func skip(_ count: Int64) throws(InputFailure)
}

extension ByteSource {
  /// What is compressed has to be read for getting to a place in it.
  func skip(_ count: Int64) throws(InputFailure) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    defer { buffer.deallocate() }
    var left = count
    while left > 0 {
      let part = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(Int(min(left, Int64(buffer.count)))))
      let skipped = try read(into: part)
      guard skipped > 0 else { throw .changed }
      left -= Int64(skipped)
    }
  }
}

final class PlainBytes: ByteSource {
  private let file: InputFile

  init(_ file: InputFile) { self.file = file }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    try file.read(into: buffer)
  }

  func skip(_ count: Int64) throws(InputFailure) { try file.skip(count) }
}
