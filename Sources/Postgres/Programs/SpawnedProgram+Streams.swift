import Glibc

extension SpawnedProgram {
  private static var pieceSize: Int { 1 << 16 }

  /// What is there; empty where nothing is yet, nil at the end.
  func readOutput() -> ArraySlice<UInt8>? { Self.read(output) }

  /// Takes what is there of its standard error.
  mutating func listen(_ lines: inout ErrorLines, _ hear: (ProgramLine) -> Void) {
    let complete: [String]
    if let piece = Self.read(errors) {
      complete = lines.take(piece)
    } else {
      complete = lines.end()
      closeErrors()
    }
    for text in complete { hear(ProgramLine(program: name, text: text)) }
  }

  private static func read(_ descriptor: Int32?) -> ArraySlice<UInt8>? {
    guard let descriptor else { return nil }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
      let result = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if result <= 0 { failure = result == 0 ? -1 : errno }
      count = max(0, result)
    }
    if failure == 0 { return bytes[...] }
    return failure == EAGAIN || failure == EINTR ? [] : nil
  }

  /// - Returns: how many bytes it took; nil where it takes no more.
  func write(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let input else { return nil }
    let count = bytes.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    if count >= 0 { return count }
    return errno == EAGAIN || errno == EINTR ? 0 : nil
  }

  /// Of one that has ended.
  ///
  /// - Parameters:
  ///   - lines: what it said.
  ///   - stopped: it was told to end.
  /// - Throws: `ProgramFailure` unless it did its work.
  func check(_ lines: ErrorLines, stopped: Bool) throws(ProgramFailure) {
    guard let status, status != 0 else { return }
    if stopped { throw .stopped(program: name) }
    let signal = status & 0x7f
    guard signal == 0 else { throw .killed(program: name, signal: signal, lines: lines.last) }
    throw .exited(program: name, code: (status >> 8) & 0xff, lines: lines.last)
  }
}
