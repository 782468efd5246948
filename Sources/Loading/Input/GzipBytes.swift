internal import CZlib

/// What is in a gzip file: one member, or several one after the other, as pigz and bgzip write them.
final class GzipBytes: ByteSource {
  private var input: CompressedInput
  /// At an address of its own, which zlib keeps.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  /// In the middle of a member.
  private var isInside = false

  init(_ file: InputFile, head: [UInt8]) throws(InputFailure) {
    input = CompressedInput(file, head: head)
    stream.initialize(to: z_stream())
    // 15 is the largest window there is, 32 KB; 16 more asks for gzip's header and checksum.
    let status = inflateInit2_(
      stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else { throw .damaged(.gzip, reason: "zlib: \(status)") }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    while true {
      try input.fill()
      if input.isEmpty {
        if isInside { throw .truncated(.gzip) }
        return 0
      }
      let given = input.end - input.start
      stream.pointee.next_in = (input.buffer.baseAddress.map { $0 + input.start })?.assumingMemoryBound(
        to: Bytef.self)
      stream.pointee.avail_in = UInt32(given)
      stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: Bytef.self)
      stream.pointee.avail_out = UInt32(clamping: buffer.count)
      isInside = true
      let status = inflate(stream, Z_NO_FLUSH)
      input.start += given - Int(stream.pointee.avail_in)
      let made = Int(UInt32(clamping: buffer.count) - stream.pointee.avail_out)
      switch status {
      case Z_STREAM_END:
        isInside = false
        guard inflateReset(stream) == Z_OK else { throw .damaged(.gzip, reason: "zlib can't go on") }
      case Z_OK, Z_BUF_ERROR: break
      default:
        throw .damaged(.gzip, reason: stream.pointee.msg.map { String(cString: $0) } ?? "zlib: \(status)")
      }
      if made > 0 { return made }
    }
  }
}
