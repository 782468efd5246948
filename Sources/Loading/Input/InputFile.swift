import Glibc
public import Waiting

/// An opened file, pipe, or standard input, as a sequence of bytes.
public final class InputFile {
  /// `-` is standard input.
  public let path: String
  let descriptor: Int32
  /// Can be read again, from any place: a regular file.
  public let isResumable: Bool
  private let interrupt: Interrupt

  /// - Throws: `InputFailure`.
  public init(_ path: String, interrupt: Interrupt) throws(InputFailure) {
    self.path = path
    self.interrupt = interrupt
    descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(reason: Self.reason(errno)) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(reason: Self.reason(errno)) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory }
    isResumable = path != "-" && status.st_mode & S_IFMT == S_IFREG
    if isResumable { posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL) }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// - Returns: how many bytes were read; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    while true {
      if !isResumable { try awaitBytes() }
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR || errno == EAGAIN else { throw .system(reason: Self.reason(errno)) }
    }
  }

  /// What writes into a pipe may take its time; a stop doesn't wait for that.
  private func awaitBytes() throws(InputFailure) {
    while true {
      guard interrupt.stage == .running else { throw .stopped }
      switch wait(on: [(descriptor, .readable)], interrupt: interrupt, milliseconds: 200) {
      case .ready: return
      case .timedOut, .interrupted: continue
      }
    }
  }

  /// Goes on behind bytes that aren't wanted.
  func skip(_ count: Int64) throws(InputFailure) {
    guard lseek(descriptor, off_t(count), SEEK_CUR) >= 0 else { throw .system(reason: Self.reason(errno)) }
  }

  static func reason(_ error: Int32) -> String { String(cString: strerror(error)) }
}
