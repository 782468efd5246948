import ChunkCatalog
import Loading
import Postgres
import Testing

@testable import BackfillCommands

@Suite("What is done about earlier loads") struct LoadDecisionTests {
  private static func file(_ path: String, size: Int64 = 10, modified: Int64 = 5, head: String = "h")
    -> InputIdentity
  {
    InputIdentity(path: path, size: size, modified: modified, head: head, tail: "t")
  }

  private static func load(
    _ id: Int64, _ files: [InputIdentity], isEnded: Bool = false, relation: Int64 = 7,
    options: [String] = ["null=", "columns=a"]
  ) -> RecordedLoad {
    RecordedLoad(
      id: id, table: QualifiedName("public", "t"), relation: relation, options: options, hasReplaced: false,
      isEnded: isEnded,
      inputs: files.enumerated().map {
        RecordedInput(
          number: $0, path: $1.path, size: $1.size, modified: $1.modified, head: $1.head, tail: $1.tail)
      })
  }

  private static func told(_ decision: LoadDecision) -> String {
    switch decision {
    case .begin(let forgotten): "begin, forgetting \(forgotten)"
    case .resume(let load): "resume \(load.id)"
    case .refuse(let finding): finding.code
    }
  }

  private static func decide(
    _ recorded: [RecordedLoad], _ files: [InputIdentity], relation: Int64 = 7,
    options: [String] = ["null=", "columns=a"], isAgain: Bool = false
  ) -> String {
    told(
      LoadDecision(
        recorded, files: files, wanted: load(0, files, relation: relation, options: options), isAgain: isAgain
      ))
  }

  @Test("is to go on with one that isn't done, if all is as it was")
  func resumption() {
    let (a, b) = (Self.file("/a"), Self.file("/b"))
    #expect(Self.decide([], [a, b]) == "begin, forgetting []")
    #expect(Self.decide([Self.load(3, [a, b])], [b, a]) == "resume 3")
    #expect(Self.decide([Self.load(4, [a]), Self.load(3, [a], isEnded: true)], [a]) == "resume 4")
    for other in [Self.file("/a", size: 11), Self.file("/a", modified: 6), Self.file("/a", head: "x")] {
      #expect(Self.decide([Self.load(3, [a, b])], [other, b]) == "file-changed")
    }
    #expect(Self.decide([Self.load(3, [a])], [a], options: ["null=x", "columns=a"]) == "other-options")
    #expect(Self.decide([Self.load(3, [a])], [a], options: ["columns=a"]) == "resume 3")
    #expect(Self.decide([Self.load(3, [a])], [a], relation: 8) == "table-changed")
    #expect(Self.decide([Self.load(3, [a, b])], [a]) == "other-files")
    #expect(Self.decide([Self.load(3, [a])], [a, b]) == "other-files")
  }

  @Test("is to refuse files that are loaded, unless they are meant to be loaded again")
  func again() {
    let (a, b) = (Self.file("/a"), Self.file("/b"))
    let ended = Self.load(3, [a, b], isEnded: true)
    #expect(Self.decide([ended], [a]) == "loaded-before")
    #expect(Self.decide([ended], [a, b]) == "loaded-before")
    // A copy is the same file; one of other contents is a new one.
    #expect(Self.decide([ended], [Self.file("/a", modified: 9)]) == "loaded-before")
    #expect(Self.decide([ended], [Self.file("/a", size: 11)]) == "begin, forgetting []")
    #expect(Self.decide([ended], [a, b], isAgain: true) == "begin, forgetting [3]")
    #expect(Self.decide([ended], [a], isAgain: true) == "begin, forgetting []")
    #expect(Self.decide([Self.load(4, [a]), ended], [a], isAgain: true) == "begin, forgetting [4]")
    #expect(Self.decide([Self.load(4, [a, b])], [a], isAgain: true) == "other-files")
  }

  @Test("and the server's place in the data is read in any language")
  func places() {
    func error(_ context: String) -> PostgresError {
      var error = PostgresError(kind: .refusedByServer, side: .target, operation: "", message: "")
      error.context = context
      return error
    }
    let columns = [Identifier("value"), Identifier("a value"), Identifier("time")]
    let english = error("COPY readings, line 17, column a value: \"12, column time\"")
    #expect(english.copyLine == 17 && english.copyColumn(among: columns)?.name == "a value")
    let german = error("PL/pgSQL-Funktion f(), Zeile 3\nCOPY t, Zeile 2, Spalte time: »x«")
    #expect(german.copyLine == 2 && german.copyColumn(among: columns)?.name == "time")
    let french = error("COPY t, ligne 5, colonne value : « x »")
    #expect(french.copyLine == 5 && french.copyColumn(among: columns)?.name == "value")
    #expect(error("COPY t, line 9: \"1,2\"").copyColumn(among: columns) == nil)
    #expect(error("SQL statement").copyLine == nil)
    var named = error("COPY t, line 9")
    named.column = "time"
    #expect(named.copyColumn(among: columns)?.name == "time")
  }
}
