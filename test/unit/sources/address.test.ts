import { describe, expect, it } from "vitest";
import { resolveStateUri } from "../../../src/sources/address.ts";

const folder = "/home/ada/project";

describe("resolveStateUri", () => {
  it.each([
    ["sqlite:///flujo_ops.db", "/home/ada/project/flujo_ops.db"],
    ["sqlite:///.flujo/flujo_ops.db", "/home/ada/project/.flujo/flujo_ops.db"],
    ["sqlite:///./runs/a.db", "/home/ada/project/runs/a.db"],
    ["sqlite:////var/lib/flujo.db", "/var/lib/flujo.db"],
    ["sqlite://flujo_ops.db", "/home/ada/project/flujo_ops.db"],
    ["sqlite:///x.db?mode=ro", "/home/ada/project/x.db"],
    ["SQLITE:///x.db", "/home/ada/project/x.db"],
    ["sqlite+aiosqlite:///x.db", "/home/ada/project/x.db"],
    ["  sqlite:///x.db\n", "/home/ada/project/x.db"],
    ["../shared/x.db", "/home/ada/shared/x.db"],
    ["/srv/with space/ä.db", "/srv/with space/ä.db"],
  ])("reads %j as the file %s", (uri, expected) => {
    expect(resolveStateUri(uri, folder)).toEqual({ kind: "file", path: expected, origin: "configuration" });
  });

  it.each(["", "  ", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite://:memory:", "a\0b.db"])(
    "answers %j with a sentence",
    (uri) => {
      expect(resolveStateUri(uri, folder)).toEqual({
        kind: "problem",
        sentence: expect.stringMatching(/^\S.*\.$/),
      });
    },
  );

  it.each([
    ["postgresql://ada:s3cret@db.example.org:5432/traces", "postgresql://db.example.org:5432/traces"],
    ["postgres://ada:s3cret@db/traces?sslpassword=s3cret", "postgres://db/traces"],
    ["postgresql+asyncpg://ada:s3cret@[::1]:5432/traces", "postgresql+asyncpg://[::1]:5432/traces"],
    ["postgresql:///traces?host=/run&password=s3cret", "postgresql:///traces"],
    ["postgresql://ada:s3cret/x@db/traces", "postgresql://…"],
    ["postgresql://ada:12/s3cret@db/traces", "postgresql://…"],
    ["postgresql://ada:12?s3cret@db/traces", "postgresql://…"],
    ["postgresql://ada:12#s3cret@db/traces", "postgresql://…"],
    ["postgresql://ada:s3cret@x@db/traces", "postgresql://db/traces"],
    ["postgresql://ada:s3cret", "postgresql://…"],
    ["mysql://ada:s3cret@db/traces", "mysql://db/traces"],
    ["memory://", "memory://"],
  ])("does not support %s, and shows it as %s", (uri, address) => {
    const source = resolveStateUri(uri, folder);
    expect(source).toMatchObject({ kind: "unsupported", address });
    expect(JSON.stringify(source)).not.toMatch(/s3cret|ada/);
  });

  it("says that PostgreSQL is not yet supported", () => {
    expect(resolveStateUri("postgresql://u:p@host/db", folder)).toMatchObject({
      sentence: expect.stringContaining("not yet supported"),
    });
  });
});
