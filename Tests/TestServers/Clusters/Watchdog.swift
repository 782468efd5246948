import Foundation

/// A shell that runs one server and outlives the test process just long enough to take it down.
///
/// Swift Testing has no last moment at which servers could be stopped, and a test process can crash. So each
/// server is the child of a shell that reads from a socket whose other end only this process holds: however the
/// process ends, the socket closes, and the shell stops the server and removes its directory.
final class Watchdog: Sendable {
  private let orders: Int32
  private let shell: ChildProcess
  /// The server's directory, as seen from this process.
  private let directory: String

  /// The file in the directory that holds the shell's process id: where there is no such process, nobody will remove the
  /// directory.
  static let mark = "watchdog.pid"

  private static let script = """
    directory=$1
    shift
    echo $$ >"$directory/\(mark)"
    server=
    trap '' HUP INT TERM
    while read -r order; do
      "$@" >>"$directory/server.log" 2>&1 </dev/null &
      server=$!
      echo "$server" >"$directory/server.pid.new"
      mv "$directory/server.pid.new" "$directory/server.pid"
    done
    if [ -n "$server" ]; then
      kill -CONT "$server" 2>/dev/null
      kill -QUIT "$server" 2>/dev/null
      (trap - TERM; sleep 10; kill -KILL "$server") 2>/dev/null &
      killer=$!
      wait "$server" 2>/dev/null
      kill "$killer" 2>/dev/null
    fi
    umount -l "$directory/\(ScarceDisk.name)" 2>/dev/null
    umount -l "$directory" 2>/dev/null
    rm -rf "$directory"
    """

  /// - Parameters:
  ///   - directory: what to remove at the end.
  ///   - command: what to run, as a direct child, at each `startServer`.
  init(directory: String, command: [String]) throws {
    var ends: [Int32] = [0, 0]
    // Closed on exec: a child holding the writing end would keep the server alive after this process.
    // A socket can be made so at once; pipe2(2) is hidden from Swift, and pipe(2) leaves a gap.
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw HarnessError("cannot make a socket pair: \(String(cString: strerror(errno)))")
    }
    defer { close(ends[0]) }
    orders = ends[1]
    self.directory = directory
    do {
      shell = try ChildProcess.start(
        ["sh", "-c", Self.script, "watchdog", directory] + command,
        environment: Installation.environment, input: .descriptor(ends[0]))
    } catch {
      close(ends[1])
      throw error
    }
  }

  /// Lets go of the server. The shell takes it down and is reaped in the background.
  deinit {
    close(orders)
    let shell = shell
    Thread.detachNewThread { _ = shell.waitForEnding() }
  }

  /// Starts the server.
  ///
  /// - Returns: its process id.
  func startServer() async throws -> pid_t {
    let file = directory + "/server.pid"
    unlink(file)
    guard "start\n".withCString({ send(orders, $0, 6, Int32(MSG_NOSIGNAL)) }) == 6 else {
      throw HarnessError("the watchdog of \(directory) is gone")
    }
    let deadline = ContinuousClock.now + .seconds(240)
    while ContinuousClock.now < deadline {
      let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
      if let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) { return pid }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw HarnessError("the watchdog of \(directory) did not start the server")
  }
}
