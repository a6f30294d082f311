// Python files as people write them, with steps in them.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const FILES = 2_000;
const STEPS_PER_FILE = 12;

/**
 * Writes the files below a folder.
 *
 * @param {string} folder
 */
export function makeFiles(folder) {
  const files = [];
  let bytes = 0;
  for (let index = 0; index < FILES; index += 1) {
    const package_ = path.join(folder, `package_${index % 50}`);
    mkdirSync(package_, { recursive: true });
    const file = path.join(package_, `pipeline_${index}.py`);
    const text = sourceText(index);
    bytes += text.length;
    writeFileSync(file, text);
    files.push(file);
  }
  return { files, bytes };
}

/**
 * About 200 lines as people write them.
 *
 * @param {number} index
 */
export function sourceText(index) {
  const steps = Array.from({ length: STEPS_PER_FILE }, (_one, step) => {
    const name = `step_${index}_${step}`;
    return `
@step(name="${name}")
async def ${name}(data: dict[str, list[str]], *, context: Context | None = None) -> str:
    """Reads the pages, one by one, and keeps what is worth it: "${name}"."""
    kept = [page for page in data["pages"] if len(page) > 3 and page not in ("a", 'b')]
    total = sum(len(page) * 2 + 1 for page in kept)
    if context is not None and total > 100:
        context.counts[f"{context.name}_${step}"] = total
        for number, page in enumerate(kept, start=1):
            logger.debug("page %d of %s: %s", number, context.name, page[:20])
    try:
        return "\\n".join(kept)
    except (TypeError, ValueError) as error:
        raise RuntimeError(f"cannot join {len(kept)} pages") from error
`;
  });
  return `import logging\nfrom flujo import Flujo, Step, step\n\nlogger = logging.getLogger(__name__)\n${steps.join("\n")}`;
}
