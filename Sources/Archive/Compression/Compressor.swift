internal import CZstd

/// Makes one zstd frame with a checksum of its content out of what is put into it.
struct Compressor: ~Copyable {
  /// Up to 19, which a reader's window of 8 MB is enough for.
  static let levels: ClosedRange<Int32> = 1...19

  private let context: OpaquePointer
  private let output: UnsafeMutableRawBufferPointer

  /// - Returns: nil where memory isn't to be had.
  static func make(level: Int32) -> Compressor? {
    guard let context = ZSTD_createCCtx() else { return nil }
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    return Compressor(context)
  }

  private init(_ context: OpaquePointer) {
    self.context = context
    output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 1)
  }

  deinit {
    ZSTD_freeCCtx(context)
    output.deallocate()
  }

  /// - Parameters:
  ///   - isLast: ends the frame.
  ///   - emit: is given what there is to be written.
  /// - Throws: what `emit` throws; `ZstdFailure` where the library fails.
  func compress(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    while true {
      var made = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      let left = ZSTD_compressStream2(context, &made, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
      guard ZSTD_isError(left) == 0 else { throw ZstdFailure(code: left) }
      if made.pos > 0 {
        try emit(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output)[..<made.pos]))
      }
      if isLast ? left == 0 : input.pos == input.size { return }
    }
  }
}
