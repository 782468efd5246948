import Testing
import Waiting

@Suite("The limit on a server's silence") struct SilenceLimitTests {
  @Test("is twenty seconds of silence, and ten for an answer") func standard() {
    #expect(SilenceLimit() == SilenceLimit(silence: .seconds(20)))
    #expect(SilenceLimit().milliseconds == 20_000)
    #expect(SilenceLimit().answerTime == 10)
    #expect(Interrupt().silenceLimit == SilenceLimit())
  }

  @Test("can be shorter, but libpq's least for an answer, and never without end") func others() {
    let short = SilenceLimit(silence: .milliseconds(500))
    #expect(short.milliseconds == 500)
    #expect(short.answerTime == 2)
    #expect(SilenceLimit(silence: .zero).milliseconds == 1)
    #expect(SilenceLimit(silence: .seconds(1_000_000_000)).milliseconds == 86_400_000)
  }
}
