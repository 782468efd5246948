import Testing

@testable import backfill

@Suite("Output that nobody reads")
struct UnreadOutputTests {
  private let output = RecordingSink(isReady: false)
  private let errors = RecordingSink()

  private func console() -> Console {
    let console = Console(output: output, errors: errors)
    console.startWriting()
    return console
  }

  @Test("keeps nobody waiting who tells something, and comes in order when it is read after all")
  func later() {
    let console = console()
    for number in 1...10 { console.say(["line \(number)"]) }
    #expect(output.written == "")
    output.open()
    #expect(console.finish())
    #expect(output.written == (1...10).map { "line \($0)\n" }.joined())
  }

  @Test("leaves progress lines out beyond a number, and counts them; results never")
  func bounded() {
    let console = console()
    // What the thread holds in its hands before the reader stops isn't in the outbox any more.
    console.say(["first"])
    let many = Outbox.progressLimit * 3
    for number in 1...many {
      console.tell([.progress("progress \(number)")])
      if number % 1000 == 0 { console.say(["result \(number)"]) }
    }
    output.open()
    #expect(console.finish())
    let lines = output.written.split(separator: "\n")
    let told = lines.count { $0.hasPrefix("progress ") }
    let omitted = lines.compactMap { line in
      line.hasSuffix(" were not written") ? Int(line.prefix { $0 != " " }) : nil
    }
    #expect(told >= Outbox.progressLimit && told < many && !omitted.isEmpty)
    #expect(told + omitted.reduce(0, +) == many)
    for number in stride(from: 1000, through: many, by: 1000) { #expect(lines.contains("result \(number)")) }
  }

  @Test("doesn't keep warnings back on the other stream")
  func overtaken() {
    let console = console()
    console.say(["stuck"])
    console.complain(Message(.warning, "heard"))
    while errors.written.isEmpty {}
    #expect(errors.written == "warning: heard\n")
    #expect(output.written == "")
    output.open()
    #expect(console.finish())
    #expect(output.written == "stuck\n")
  }

  @Test("is given up after a time, and that is told to those who read the other stream")
  func givenUp() {
    let console = console()
    console.say(["lost"])
    #expect(!console.finish(patience: .milliseconds(20)))
    console.tellUnread()
    #expect(errors.written.contains("nobody has read"))
    output.open()
  }
}
