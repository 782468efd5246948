import Foundation
import Synchronization

/// A terminal to run a command on.
public struct Terminal: Sendable {
  public var columns: UInt16
  public var rows: UInt16

  public init(columns: UInt16 = 80, rows: UInt16 = 24) {
    self.columns = columns
    self.rows = rows
  }
}

/// The pseudo-terminal behind a `Terminal`: what a command writes to it goes into a file.
final class TerminalScreen: Sendable {
  /// Everything shown, control sequences included, line ends as CR LF.
  let transcript: ScratchFile
  /// The terminal device's path.
  let path: String

  private let master: Int32
  /// Held open until the command has it, for the master end reports hang-up while nobody does.
  private let device: Int32
  private let isDrained = Atomic(false)

  /// Requests of ioctl_tty(2), macros that Swift does not import.
  private enum Request {
    /// TIOCSPTLCK
    static let setLock: UInt = 0x4004_5431
    /// TIOCGPTN
    static let getNumber: UInt = 0x8004_5430
  }

  init(_ terminal: Terminal) throws {
    transcript = try ScratchFile()
    // openpty(3) would leave a moment in which other children inherit the terminal and hold it open.
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var locked: Int32 = 0
    var number: Int32 = -1
    guard master >= 0, ioctl(master, Request.setLock, &locked) == 0,
      ioctl(master, Request.getNumber, &number) == 0
    else { throw HarnessError("no pseudo-terminal: \(String(cString: strerror(errno)))") }
    path = "/dev/pts/\(number)"
    var size = winsize()
    size.ws_col = terminal.columns
    size.ws_row = terminal.rows
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    device = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  deinit {
    close(master)
  }

  /// Begins to copy what the command shows into the transcript, until nobody has the terminal any more. To be
  /// called once, after the command was started or could not be.
  func show() {
    close(device)
    Thread.detachNewThread { [self] in
      let file = open(transcript.path, O_WRONLY | O_APPEND | O_CLOEXEC)
      var bytes = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = read(master, &bytes, bytes.count)
        if count < 0 && errno == EINTR { continue }
        // EIO is how Linux says that the last process has let go of the terminal.
        guard count > 0 else { break }
        _ = write(file, bytes, count)
      }
      close(file)
      isDrained.store(true, ordering: .releasing)
    }
  }

  func type(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard write(master, bytes, bytes.count) == bytes.count else {
      throw HarnessError("cannot type: \(String(cString: strerror(errno)))")
    }
  }

  /// Waits, for some seconds at most, until all that was shown is in the transcript.
  func drain() async {
    for _ in 0..<1000 where !isDrained.load(ordering: .acquiring) {
      try? await Task.sleep(for: .milliseconds(5))
    }
  }
}
