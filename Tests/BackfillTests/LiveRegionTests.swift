import Testing

@testable import backfill

@Suite("Live lines that change") struct LiveRegionTests {
  @Test("are written over, without what hasn't changed, and in one piece") func changes() {
    var region = LiveRegion()
    var terminal = TinyTerminal(columns: 20)
    terminal.take(region.frame(scrolled: ["kept"], live: ["one 1", "two 1", "all 1"]))
    let frame = region.frame(scrolled: [], live: ["one 1", "2", "all 2"])
    #expect(!frame.contains("one"))
    // Nothing is taken away before there is something else in its place.
    #expect(frame.hasPrefix("\r\u{1B}[2A\r\n2\u{1B}[K"))
    terminal.take(frame)
    #expect(terminal.text == ["kept", "one 1", "2", "all 2"])
    terminal.take(region.frame(scrolled: [], live: ["one 1", "all 3"]))
    #expect(terminal.text == ["kept", "one 1", "all 3"])
    terminal.take(region.frame(scrolled: [], live: ["one 1", "two 4", "three 4", "all 4"]))
    #expect(terminal.text == ["kept", "one 1", "two 4", "three 4", "all 4"])
    terminal.take(region.frame(scrolled: ["also kept"], live: ["all 5"]))
    #expect(terminal.text == ["kept", "also kept", "all 5"])
    terminal.take(region.frame(scrolled: ["end"], live: []))
    #expect(terminal.text == ["kept", "also kept", "end", ""])
  }

  @Test("leave nothing behind in a window that was made narrower", arguments: [7, 10, 15, 19])
  func narrower(columns: Int) {
    var region = LiveRegion()
    var terminal = TinyTerminal(columns: 40)
    terminal.take(
      region.frame(
        scrolled: ["kept"],
        live: ["the first line, rather long", "the second", "the last of them is long"], columns: 40))
    terminal.narrow(to: columns)
    terminal.take(region.frame(scrolled: [], live: ["first", "all"], columns: columns))
    #expect(terminal.text == ["kept", "first", "all"])
    terminal.take(region.frame(scrolled: ["more"], live: ["all"], columns: columns))
    #expect(terminal.text == ["kept", "more", "all"])
  }
}
