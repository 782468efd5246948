import Glibc

/// A child process, with this end of the pipes to its standard streams. It is killed if it is let go of while it runs.
struct SpawnedProgram: ~Copyable {
  let name: String
  let pid: pid_t
  /// nil where its standard input is empty, or was closed.
  private(set) var input: Int32?
  /// nil once it was closed.
  private(set) var output: Int32?
  private(set) var errors: Int32?
  /// As waitpid gives it; nil while it runs.
  private(set) var status: Int32?

  /// In a process group of its own: Ctrl-C is for this program, which ends its children itself.
  ///
  /// - Throws: `ProgramFailure.notStarted`.
  init(_ call: ProgramCall, takesInput: Bool) throws(ProgramFailure) {
    // Swift 6.0.3 crashes where a part of this has its value before the initializer may throw.
    let started = try Self.start(call, takesInput: takesInput)
    name = call.name
    (pid, input, output, errors) = started
  }

  /// - Returns: the process, and this end of its pipes, which wait for nobody.
  private static func start(
    _ call: ProgramCall, takesInput: Bool
  ) throws(ProgramFailure) -> (pid: pid_t, input: Int32?, output: Int32?, errors: Int32?) {
    let input = takesInput ? Pipe(socket: true) : nil
    guard let output = Pipe(), let errors = Pipe(), !takesInput || input != nil else {
      throw failure(of: call, errno)
    }
    var pid: pid_t = 0
    let number = spawn(call, &pid, input: input?.reader, output: output.writer, errors: errors.writer)
    for end in [input?.reader, output.writer, errors.writer] { if let end { close(end) } }
    guard number == 0 else {
      for end in [input?.writer, output.reader, errors.reader] { if let end { close(end) } }
      throw failure(of: call, number)
    }
    let ends = [input?.writer, output.reader, errors.reader]
    for end in ends { if let end { _ = fcntl(end, F_SETFL, O_NONBLOCK) } }
    return (pid, ends[0], ends[1], ends[2])
  }

  /// - Returns: the system's error number; 0 when it was started.
  private static func spawn(
    _ call: ProgramCall, _ pid: inout pid_t, input: Int32?, output: Int32, errors: Int32
  ) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    configure(&attributes)
    let variables = call.environment.map { "\($0.key)=\($0.value)" }
    return withWords([call.path] + call.arguments) { words in
      withWords(variables) { posix_spawn(&pid, call.path, &actions, &attributes, words, $0) }
    }
  }

  private static func failure(of call: ProgramCall, _ number: Int32) -> ProgramFailure {
    .notStarted(program: call.name, path: call.path, reason: String(cString: strerror(number)))
  }

  deinit {
    for end in [input, output, errors] { if let end { close(end) } }
    guard status == nil else { return }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1, errno == EINTR {}
  }

  /// Signals are at their defaults and open, which this program's threads have blocked.
  private static func configure(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  mutating func closeInput() {
    if let input { close(input) }
    input = nil
  }

  mutating func closeOutput() {
    if let output { close(output) }
    output = nil
  }

  mutating func closeErrors() {
    if let errors { close(errors) }
    errors = nil
  }

  /// - Returns: whether it has ended.
  mutating func hasEnded() -> Bool {
    guard status == nil else { return true }
    var status: Int32 = 0
    if waitpid(pid, &status, WNOHANG) == pid { self.status = status }
    return self.status != nil
  }

  /// Nothing happens once it has ended.
  func signal(_ number: Int32) {
    if status == nil { kill(pid, number) }
  }
}

/// Both ends, which no other child inherits.
private struct Pipe {
  let reader: Int32
  let writer: Int32

  /// - Parameter socket: as a write to a socket can be told to raise no SIGPIPE.
  init?(socket: Bool = false) {
    var ends: [Int32] = [-1, -1]
    let result =
      socket ? socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) : pipe(&ends)
    guard result == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
  }
}

/// Calls `body` with the words as posix_spawn wants them.
private func withWords<Result>(
  _ words: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var copies: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
  defer { for copy in copies { free(copy) } }
  return copies.withUnsafeMutableBufferPointer { buffer in
    // An array of at least one element always has a base address.
    body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
  }
}
