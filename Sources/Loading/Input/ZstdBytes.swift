internal import CZstd

/// What is in a file of zstd frames, one or several.
final class ZstdBytes: ByteSource {
  /// As a power of two: 32 MB, which is what levels up to 20 use. A frame's header may claim up to 128 MB and more.
  private static let largestWindow: Int32 = 25

  private var input: CompressedInput
  private let stream: OpaquePointer
  /// In the middle of a frame.
  private var isInside = false

  init(_ file: InputFile, head: [UInt8]) throws(InputFailure) {
    input = CompressedInput(file, head: head)
    guard let stream = ZSTD_createDCtx() else { throw .damaged(.zstd, reason: "out of memory") }
    self.stream = stream
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.largestWindow)
  }

  deinit { ZSTD_freeDCtx(stream) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while true {
      try input.fill()
      if input.isEmpty, !isInside { return 0 }
      let given = input.end - input.start
      var source = ZSTD_inBuffer(src: input.buffer.baseAddress.map { $0 + input.start }, size: given, pos: 0)
      let status = ZSTD_decompressStream(stream, &output, &source)
      input.start += source.pos
      guard ZSTD_isError(status) == 0 else { throw Self.failure(status) }
      // 0 is the end of a frame, with all that is in it handed out.
      isInside = status != 0
      if output.pos > 0 { return output.pos }
      // Nothing more goes in, and nothing more comes out.
      if input.isAtEnd, isInside { throw .truncated(.zstd) }
    }
  }

  private static func failure(_ status: Int) -> InputFailure {
    if ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge { return .windowTooLarge }
    return .damaged(.zstd, reason: String(cString: ZSTD_getErrorName(status)))
  }
}
