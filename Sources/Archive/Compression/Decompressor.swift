internal import CZstd

/// Takes zstd frames apart, in memory that doesn't depend on what their headers claim.
struct Decompressor: ~Copyable {
  /// 8 MB: the window of what is compressed at the highest level that this program uses.
  private static let windowLog: Int32 = 23

  private let context: OpaquePointer
  private let output: UnsafeMutableRawBufferPointer
  /// A frame has begun that isn't over.
  private(set) var isInFrame = false

  /// - Returns: nil where memory isn't to be had.
  static func make() -> Decompressor? {
    guard let context = ZSTD_createDCtx() else { return nil }
    ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, windowLog)
    return Decompressor(context)
  }

  private init(_ context: OpaquePointer) {
    self.context = context
    output = .allocate(byteCount: ZSTD_DStreamOutSize(), alignment: 1)
  }

  deinit {
    ZSTD_freeDCtx(context)
    output.deallocate()
  }

  /// - Parameter emit: is given what was compressed, piece by piece.
  /// - Throws: what `emit` throws; `ZstdFailure` where the bytes aren't what a compressor made.
  mutating func decompress(
    _ bytes: UnsafeRawBufferPointer, emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var made = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let left = ZSTD_decompressStream(context, &made, &input)
      guard ZSTD_isError(left) == 0 else { throw ZstdFailure(code: left) }
      isInFrame = left != 0
      if made.pos > 0 {
        try emit(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<made.pos]))
      }
      // A full block of output may have more behind it.
      if input.pos == input.size, made.pos < made.size { return }
    }
  }
}
