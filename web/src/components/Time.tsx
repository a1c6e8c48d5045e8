/** A moment: short to read, every digit and the zone on hover. */

import { formatDateTime, formatExactTime, formatTime } from "@/format/times";

export function Time({ iso, full = false }: { iso: string; full?: boolean }) {
  return (
    <time dateTime={iso} title={formatExactTime(iso)} className="tabular">
      {full ? formatDateTime(iso) : formatTime(iso)}
    </time>
  );
}
