import Foundation

/// Directories of servers whose watchdogs were killed as well, as when a machine or a container is switched off in
/// mid-test. They can hold gigabytes each, and nobody else would ever remove them.
package actor Leftovers {
  static let removal = Leftovers()

  private var swept: [String: Task<Void, any Error>] = [:]

  /// Removes them below a root, once for each root in the life of this process.
  func remove(from root: String) async throws {
    let sweep = swept[root] ?? Task(executorPreference: TestThreads.all) { try await Self.sweep(root) }
    swept[root] = sweep
    try await sweep.value
  }

  /// Removes what is below `<root>/tmp` and has no watchdog any more. What has had none yet is left alone for an hour: its
  /// server may be about to be made. What belongs to another user stays.
  package static func sweep(_ root: String) async throws {
    let child = try ChildProcess.start(
      ["sh", "-c", script, "leftovers", root], environment: Installation.environment)
    _ = try await child.ending(within: .seconds(240), doing: "removing servers of killed tests")
  }

  private static let script = """
    for directory in "$1"/tmp/backfill-test-*/; do
      directory=${directory%/}
      if [ -s "$directory/\(Watchdog.mark)" ]; then
        watchdog=$(cat "$directory/\(Watchdog.mark)")
        tr '\\0' '\\n' 2>/dev/null <"/proc/$watchdog/cmdline" | grep -qxF "$directory" && continue
      elif [ -n "$(find "$directory" -maxdepth 0 -mmin -60)" ]; then
        continue
      fi
      umount -l "$directory/\(ScarceDisk.name)" 2>/dev/null
      umount -l "$directory" 2>/dev/null
      rm -rf "$directory" 2>/dev/null
    done
    """
}
