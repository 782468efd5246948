/// The compressed bytes of a file, as the decompressing libraries take them: a window over a buffer.
struct CompressedInput: ~Copyable {
  private let file: InputFile
  let buffer: UnsafeMutableRawBufferPointer
  /// What of the buffer is still to be taken.
  var start = 0
  private(set) var end = 0
  private(set) var isAtEnd = false

  /// - Parameter head: bytes that were read before.
  init(_ file: InputFile, head: [UInt8]) {
    self.file = file
    buffer = .allocate(byteCount: 128 * 1024, alignment: 16)
    buffer.copyBytes(from: head)
    end = head.count
  }

  deinit { buffer.deallocate() }

  var isEmpty: Bool { start == end }

  /// Gets more where nothing is left.
  mutating func fill() throws(InputFailure) {
    guard isEmpty, !isAtEnd else { return }
    start = 0
    end = try file.read(into: buffer)
    isAtEnd = end == 0
  }
}
