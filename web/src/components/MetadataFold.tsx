/** Metadata that somebody attached: nothing when there is none, open when it is short. */

import { isRecord, type Json } from "@/payload/json";
import { Foldable } from "./Foldable";
import { countLines, JsonTree } from "./JsonTree";

/** More lines than this would push what the page is about out of sight. */
const SHORT = 6;

interface MetadataFoldProps {
  title: string;
  value: unknown;
  isOpenAtFirst?: boolean;
}

export function MetadataFold({ title, value, isOpenAtFirst }: MetadataFoldProps) {
  const json = value as Json;
  if (isNothing(json)) return null;
  const isShort = countLines(json, SHORT + 1) <= SHORT;
  return (
    <Foldable title={title} copy={() => JSON.stringify(json, null, 2)} isOpenAtFirst={isOpenAtFirst ?? isShort}>
      <JsonTree value={json} label={title} />
    </Foldable>
  );
}

function isNothing(value: Json): boolean {
  return value === null || value === "" || (isRecord(value) && Object.keys(value).length === 0);
}
