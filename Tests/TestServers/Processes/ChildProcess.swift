package import Foundation

/// Starts and awaits child processes by posix_spawn.
///
/// Foundation's `Process` is not used: it can give a child neither its own process group nor a controlling
/// terminal, and reports a child that died by a signal only after the fact.
package struct ChildProcess: Sendable {
  package let pid: pid_t

  /// How a child stands to the process group and terminal of the test process.
  package enum Standing {
    /// In a process group of its own, so that Ctrl-C on `swift test` does not reach it.
    case ownGroup
    /// In a session of its own; its standard input, if a terminal, becomes its controlling terminal.
    case ownSession
  }

  /// Where one standard stream of the child leads.
  package enum Stream {
    case nothing
    case descriptor(Int32)
    case reading(String)
    case writing(String)
    case readingAndWriting(String)
  }

  /// Starts `arguments[0]`, looked up on PATH, with all signals at their defaults.
  ///
  /// - Throws: `HarnessError` when the program cannot be started.
  package static func start(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment,
    input: Stream = .nothing, output: Stream = .nothing, errors: Stream = .nothing,
    standing: Standing = .ownGroup
  ) throws -> ChildProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (target, stream) in [(0, input), (1, output), (2, errors)] {
      stream.apply(to: Int32(target), in: &actions)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    configure(&attributes, standing: standing)

    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in argv + envp { free(word) } }
    var pid: pid_t = 0
    let failure = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, &envp)
    guard failure == 0 else {
      throw HarnessError(
        "cannot start \(arguments.joined(separator: " ")): \(String(cString: strerror(failure)))")
    }
    return ChildProcess(pid: pid)
  }

  private static func configure(_ attributes: inout posix_spawnattr_t, standing: Standing) {
    // POSIX_SPAWN_SETSID of glibc's <spawn.h>, a macro that Swift does not import.
    let setSession: Int32 = 0x80
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let group = standing == .ownGroup ? Int32(POSIX_SPAWN_SETPGROUP) : setSession
    let flags = group | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }
}

extension ChildProcess.Stream {
  fileprivate func apply(to target: Int32, in actions: inout posix_spawn_file_actions_t) {
    switch self {
    case .nothing:
      posix_spawn_file_actions_addopen(&actions, target, "/dev/null", O_RDWR, 0)
    case .descriptor(let descriptor):
      posix_spawn_file_actions_adddup2(&actions, descriptor, target)
    case .reading(let path):
      posix_spawn_file_actions_addopen(&actions, target, path, O_RDONLY, 0)
    case .writing(let path):
      posix_spawn_file_actions_addopen(&actions, target, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    case .readingAndWriting(let path):
      posix_spawn_file_actions_addopen(&actions, target, path, O_RDWR, 0)
    }
  }
}
