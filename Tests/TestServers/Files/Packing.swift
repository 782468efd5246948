import CZlib
import CZstd

/// What a file may be compressed with.
public enum Packing: String, CaseIterable, Sendable {
  case none
  case gzip
  case zstd

  /// The bytes, compressed.
  public func packed(_ bytes: [UInt8]) -> [UInt8] {
    switch self {
    case .none: return bytes
    case .gzip:
      var stream = z_stream()
      deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
      defer { deflateEnd(&stream) }
      var input = bytes
      return input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        return [UInt8](unsafeUninitializedCapacity: source.count * 2 + 200) { buffer, count in
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          deflate(&stream, Z_FINISH)
          count = Int(stream.total_out)
        }
      }
    case .zstd:
      return [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
        count = ZSTD_compress(buffer.baseAddress, buffer.count, bytes, bytes.count, 3)
      }
    }
  }
}
