import Glibc
import Synchronization
import TestConnections
import Testing

@testable import backfill

/// Writes into memory; several of them may share one screen.
final class RecordingSink: TextSink {
  private let text = Mutex("")
  private let next: RecordingSink?
  private let reads: Atomic<Bool>

  init(copyingTo next: RecordingSink? = nil, isReady: Bool = true) {
    self.next = next
    reads = Atomic(isReady)
  }

  /// From now on somebody reads.
  func open() { reads.store(true, ordering: .relaxed) }

  func isReady(within milliseconds: Int32) -> Bool {
    if !reads.load(ordering: .relaxed), milliseconds > 0 { usleep(1000) }
    return reads.load(ordering: .relaxed)
  }

  func write(_ text: some StringProtocol) {
    self.text.withLock { $0 += text }
    next?.write(text)
  }

  var written: String { text.withLock { $0 } }

  func screen(columns: Int) -> [String] {
    var terminal = TinyTerminal(columns: columns)
    terminal.take(written)
    return terminal.text
  }
}

@Suite("The console")
struct ConsoleTests {
  @Test("keeps live lines below what scrolls, whichever stream it comes on")
  func order() {
    let both = RecordingSink()
    let console = Console(output: RecordingSink(copyingTo: both), errors: RecordingSink(copyingTo: both))
    console.say(["first"])
    console.redraw([], live: ["a 1", "b 1"])
    #expect(both.screen(columns: 10) == ["first", "a 1", "b 1"])
    console.redraw([.output("long enough to wrap")], live: ["a 2", "b 2", "c 2"])
    #expect(both.screen(columns: 10) == ["first", "long enoug", "h to wrap", "a 2", "b 2", "c 2"])
    console.complain(Message(.warning, "w"))
    #expect(
      both.screen(columns: 10) == ["first", "long enoug", "h to wrap", "warning: w", "a 2", "b 2", "c 2"])
    console.redraw([.output("ten wide..")], live: ["c 3"])
    #expect(
      both.screen(columns: 10)
        == ["first", "long enoug", "h to wrap", "warning: w", "ten wide..", "c 3"])
    console.redraw([.output("end")], live: [])
    #expect(
      both.screen(columns: 10)
        == ["first", "long enoug", "h to wrap", "warning: w", "ten wide..", "end", ""])
  }

  @Test("writes no control sequence where nothing is live")
  func plain() {
    let output = RecordingSink()
    let errors = RecordingSink()
    let console = Console(output: output, errors: errors)
    console.say(["one", "two"])
    console.complain(Message(.error, "e", hint: "h"))
    #expect(console.finish())
    #expect(output.written == "one\ntwo\n")
    #expect(errors.written == "error: e\nhint: h\n")
  }

  @Test("takes the live lines away before leaving")
  func leave() {
    let output = RecordingSink()
    let console = Console(output: output, errors: RecordingSink())
    console.redraw([.output("kept")], live: ["a", "b"])
    console.finish()
    #expect(output.screen(columns: 20) == ["kept", ""])
  }

  typealias Fit = Case<(String, Int), String>

  static let fits: [Fit] = [
    Fit("shorter", ("abc", 10), "abc"), Fit("just fits", ("abc", 4), "abc"),
    Fit("cut", ("abcdef", 5), "abc…"), Fit("wide characters count twice", ("温度温度", 6), "温…"),
    Fit("no room", ("abc", 0), "…"),
  ]

  @Test("cuts live lines to the terminal's width", arguments: fits)
  func fit(fit: Fit) {
    #expect(LiveRegion.fitted(fit.input.0, columns: fit.input.1) == fit.expected)
  }

  typealias Terminal = Case<(Bool, [String: String]), Bool>

  static let terminals: [Terminal] = [
    Terminal("a terminal", (true, ["TERM": "xterm"]), true),
    Terminal("a pipe", (false, ["TERM": "xterm"]), false),
    Terminal("NO_COLOR", (true, ["TERM": "xterm", "NO_COLOR": "1"]), false),
    Terminal("empty NO_COLOR", (true, ["TERM": "xterm", "NO_COLOR": ""]), true),
    Terminal("dumb", (true, ["TERM": "dumb"]), false),
    Terminal("no TERM", (true, [:]), false),
  ]

  @Test("is live on terminals that can and may", arguments: terminals)
  func live(terminal: Terminal) {
    let (isTerminal, environment) = terminal.input
    #expect(TerminalFacts.allowsLive(isTerminal: isTerminal, environment: environment) == terminal.expected)
  }
}
