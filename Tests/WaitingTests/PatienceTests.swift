import Testing
import Waiting

@Suite("Patience with a silent server") struct PatienceTests {
  @Test("is twenty seconds of silence, and ten for an answer") func standard() {
    #expect(Patience() == Patience(silence: .seconds(20)))
    #expect(Patience().silence == 20_000)
    #expect(Patience().answerTime == 10)
    #expect(Interrupt().patience == Patience())
  }

  @Test("can be shorter, but libpq's least for an answer, and never without end") func others() {
    let short = Patience(silence: .milliseconds(500))
    #expect(short.silence == 500)
    #expect(short.answerTime == 2)
    #expect(Patience(silence: .zero).silence == 1)
    #expect(Patience(silence: .seconds(1_000_000_000)).silence == 86_400_000)
  }
}
