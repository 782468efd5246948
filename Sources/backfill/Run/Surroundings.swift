import Glibc
import Postgres
import Waiting

/// What the program is given by its caller: words, variables, open descriptors.
enum Surroundings {
  /// The words behind the program's name.
  ///
  /// Not `CommandLine.arguments`, which repairs what isn't UTF-8: a password would be changed in silence.
  static func words() throws(UsageError) -> [String] {
    var words: [String] = []
    for position in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[position] else { break }
      guard let word = String(validatingCString: bytes) else { throw .notUnicode(position: position) }
      words.append(word)
    }
    return words
  }

  /// The same with what isn't UTF-8 repaired: good enough for seeing in which form a mistake is to be answered.
  static func repairedWords() -> [String] { Array(CommandLine.arguments.dropFirst()) }

  /// The machine's name, for the run history.
  static func host() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      buffer.initialize(repeating: 0)
      guard let start = buffer.baseAddress, gethostname(start, buffer.count - 1) == 0 else { return "" }
      return String(cString: start)
    }
  }

  static func process() -> Int32 { getpid() }

  /// All variables: those that mean something to us, and what programs that are started are to find as this one did. libpq
  /// reads its own.
  static func environment() -> [String: String] {
    var values: [String: String] = [:]
    var entry = environ
    while let variable = entry.pointee {
      entry += 1
      let text = String(cString: variable)
      guard let mark = text.firstIndex(of: "=") else { continue }
      values[String(text[..<mark])] = String(text[text.index(after: mark)...])
    }
    return values
  }

  /// How long a silent server is waited for. BACKFILL_SILENCE, in seconds, is there for the tests, which would take minutes
  /// otherwise; anything but a number above 0 is as if it weren't set.
  static func silenceLimit(_ environment: [String: String]) -> SilenceLimit {
    guard let text = environment["BACKFILL_SILENCE"], let seconds = Double(text), seconds > 0 else {
      return SilenceLimit()
    }
    return SilenceLimit(silence: .seconds(min(seconds, 86_400)))
  }

  /// Fills closed standard descriptors with /dev/null. Otherwise a connection's socket would get number 1
  /// or 2, and our lines would go to the server.
  static func openStandardDescriptors() {
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      // The lowest free number is the one in question, as those below are open by now.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
