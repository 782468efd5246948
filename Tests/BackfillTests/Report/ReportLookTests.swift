import Foundation
import TestServers
import TestTraits
import Testing

@testable import backfill

/// Where somebody may look at the page.
private struct Place: CustomTestStringConvertible, Sendable {
  let name: String
  let width: Int
  /// The conditions of the style sheet that hold there.
  let media: [String]

  var testDescription: String { "\(name), \(width) px" }
}

private let places = [
  Place(name: "light", width: 1280, media: []),
  Place(name: "light", width: 390, media: ["max-width"]),
  Place(name: "dark", width: 1280, media: ["dark"]),
  Place(name: "dark", width: 390, media: ["dark", "max-width"]),
  Place(name: "on paper", width: 680, media: ["print"]),
]

@Suite("A report's look", .needsChromium) struct ReportLookTests {
  @Test("has words that can be read, and nothing that is cut off", arguments: places)
  fileprivate func legible(place: Place) async throws {
    let faults = try await Self.faults(place, of: ReportPage(ReportPageTests.varied).html)
    #expect(faults == [])
  }

  @Test("is seen to be faint, too wide and left out where it is")
  func faint() async throws {
    let html = ReportPage(ReportPageTests.varied).html
    let light = try await Self.faults(
      places[0],
      of: html.replacing(
        "</style>", with: ".soft{color:#ccc}h1{margin-left:1300px}</style>"))
    #expect(light.contains { $0.hasPrefix("faint: ") }, "\(light)")
    #expect(light.contains { $0.hasPrefix("wide: ") }, "\(light)")
    let paper = try await Self.faults(
      places[4], of: html.replacing("message.open = true", with: "message.open = false"))
    #expect(paper.contains { $0.hasPrefix("left out: ") }, "\(paper)")
  }

  /// What is wrong with a page as a browser draws it there.
  private static func faults(_ place: Place, of html: String) async throws -> [String] {
    let directory = try ScratchDirectory()
    let path = "\(directory.path)/report.html"
    let isPaper = place.media.contains("print")
    let probe = """
      <script>(() => { const conditions = \(place.media), isPaper = \(isPaper), width = \(place.width); \(Self.probe) })();
      </script></html>
      """
    try html.replacing("</html>", with: probe).write(toFile: path, atomically: true, encoding: .utf8)
    let seen = try await Chromium.look(at: path, width: place.width)
    #expect(seen.console == [])
    let answer = try #require(seen.elements.firstMatch(of: /<html[^>]* data-probe="([^"]*)"/))
    let text = answer.1.replacing("&quot;", with: "\"").replacing("&amp;", with: "&")
    return try JSONDecoder().decode([String].self, from: Data(text.utf8))
  }

  /// Makes conditions of the style sheet hold or not, and notes what is then wrong: the contrast of words with what is
  /// behind them (WCAG's 4.5), what reaches beyond the window, and what is not open on paper.
  private static let probe = #"""
    const faults = [], root = document.documentElement;
    for (const sheet of document.styleSheets) for (const rule of sheet.cssRules) {
      if (!rule.media) continue;
      rule.media.mediaText = conditions.some(text => rule.media.mediaText.includes(text)) ? 'all' : 'not all';
    }
    root.style.width = width + 'px';
    if (isPaper) dispatchEvent(new Event('beforeprint'));
    const numbers = color => color.match(/[\d.]+/g).map(Number);
    const light = color => {
      const [r, g, b] = numbers(color).map(value => value / 255)
        .map(value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = element => {
      for (let at = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor, parts = numbers(color);
        if (parts.length === 3 || parts[3] > 0) return color;
      }
      return 'rgb(255, 255, 255)';
    };
    let words = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
      if (text === '' || element.closest('script,style,title,desc') || !element.checkVisibility()) continue;
      words += 1;
      const colors = [getComputedStyle(element).color, behind(element)], lights = colors.map(light);
      const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
      if (!(contrast >= 4.5)) faults.push('faint: ' + contrast.toFixed(2) + ' ' + colors.join(' on ') + ' ' + text);
      // What scrolls by itself may be wider, but not on paper.
      const range = document.createRange();
      range.selectNode(walker.currentNode);
      const isCut = range.getBoundingClientRect().right > width + 1;
      if (isCut && (isPaper || !element.closest('.scroll'))) faults.push('wide: ' + text);
    }
    if (words < 100) faults.push('only ' + words + ' words');
    if (isPaper) for (const closed of document.querySelectorAll('details.message:not([open])'))
      faults.push('left out: ' + closed.textContent.trim());
    root.dataset.probe = JSON.stringify(faults);
    """#
}
