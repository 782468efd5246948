import Postgres
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("Which entries of an archive are restored when") struct ArchiveSelectionTests {
  /// A table with a trigger of TimescaleDB's, an aggregate with what depends on it, and privileges of both.
  private static let list = """
    2; 3079 16386 EXTENSION - timescaledb\u{20}
    3; 0 0 COMMENT - EXTENSION btree_gist\u{20}
    4; 0 0 ACL - SCHEMA public pg_database_owner
    ;\tdepends on: 99
    15; 2615 90 SCHEMA - Time Scale postgres
    16; 2615 100 SCHEMA - plant app
    20; 1259 200 TABLE public readings app
    21; 0 0 ACL public TABLE readings app
    ;\tdepends on: 20
    22; 1259 201 INDEX public readings_idx app
    ;\tdepends on: 20
    23; 2620 202 TRIGGER public readings ts_insert_blocker app
    ;\tdepends on: 20 2
    30; 1259 300 VIEW public hourly app
    ;\tdepends on: 20
    31; 0 0 COMMENT public VIEW hourly app
    ;\tdepends on: 30
    32; 1259 301 VIEW public over app
    ;\tdepends on: 30
    33; 1259 302 MATERIALIZED VIEW public filled app
    ;\tdepends on: 32
    40; 1259 400 TABLE public notes app
    41; 2606 401 FK CONSTRAINT public notes notes_fkey app
    ;\tdepends on: 40 20
    42; 1259 402 MATERIALIZED VIEW public own app
    ;\tdepends on: 40
    43; 0 0 SEQUENCE OWNED BY public notes_id_seq app
    ;\tdepends on: 40
    44; 3466 500 EVENT TRIGGER - watch app

    """

  private func selection(_ change: (inout ArchiveSelection.Facts) -> Void = { _ in }) -> ArchiveSelection {
    var facts = ArchiveSelection.Facts()
    facts.objects.aggregates = [ObjectAddress(catalog: 1259, object: 300)]
    facts.objects.references = [ObjectAddress(catalog: 2606, object: 401)]
    facts.objects.triggers = [ObjectAddress(catalog: 2620, object: 202)]
    facts.objects.filledViews = [
      ObjectAddress(catalog: 1259, object: 302): QualifiedName("public", "filled"),
      ObjectAddress(catalog: 1259, object: 402): QualifiedName("public", "own"),
    ]
    facts.schemaThere = Identifier("Time Scale")
    change(&facts)
    return ArchiveSelection(ArchiveContents(Self.list), facts)
  }

  @Test("what depends on aggregates, and privileges, come last") func order() {
    let selection = selection()
    #expect(selection.early.map(\.number) == [16, 20, 22, 40, 42, 43])
    #expect(selection.late.map(\.number) == [4, 21, 31, 32, 33, 41, 44])
    #expect(selection.leftOut.isEmpty)
    #expect(selection.filledViews.map(\.name.name) == ["filled", "own"])
    #expect(
      ArchiveSelection.list(Array(selection.early.prefix(2)))
        == "16; 2615 100 SCHEMA - plant app\n20; 1259 200 TABLE public readings app\n")
  }

  @Test("without aggregates what depends on them is left out, and named") func apache() {
    let selection = selection { $0.hasAggregates = false }
    #expect(selection.late.map(\.number) == [4, 21, 41, 44])
    #expect(selection.leftOut.map(\.number) == [32, 33])
    #expect(selection.filledViews.map(\.name.name) == ["own"])
  }

  @Test("what the target has is left alone with its privileges") func present() {
    let selection = selection { facts in
      facts.present = Set([(2615, 100), (1259, 200), (1259, 201), (1259, 400)].map(ObjectAddress.init))
    }
    #expect(selection.early.map(\.number) == [42])
    #expect(selection.late.map(\.number) == [31, 32, 33, 41, 44])
  }
}

extension ObjectAddress {
  fileprivate init(_ pair: (Int64, Int64)) { self.init(catalog: pair.0, object: pair.1) }
}

@Suite("A script that pg_restore wrote") struct ScriptOfArchiveTests {
  @Test("is taken without psql's commands and what no other server takes") func cleaned() {
    let script = """
      --
      \\restrict abc
      SET statement_timeout = 0;
      CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$
      \\restrict is text
      $$;
      ALTER TABLE ONLY plant.rooms ALTER COLUMN id SET (pg_attver=28685216);
      ALTER TABLE ONLY plant.rooms ALTER COLUMN id SET (n_distinct=5);
      \\unrestrict abc

      """
    #expect(
      ScriptOfArchive.sql(Array(script.utf8)).text == """
        --
        SET statement_timeout = 0;
        CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$
        \\restrict is text
        $$;
        ALTER TABLE ONLY plant.rooms ALTER COLUMN id SET (n_distinct=5);

        """)
  }
}
