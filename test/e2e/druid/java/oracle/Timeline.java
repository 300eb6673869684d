package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.apache.druid.java.util.common.Intervals;
import org.apache.druid.timeline.DataSegment;
import org.apache.druid.timeline.SegmentTimeline;
import org.apache.druid.timeline.TimelineObjectHolder;
import org.apache.druid.timeline.partition.PartitionChunk;

/** {@code timeline FILE}: which of the used segments, a DataSegment a line, the Broker asks for all of time. Prints their ids as a JSON list. */
final class Timeline
{
  static int run(String[] args) throws Exception
  {
    final ObjectMapper json = Env.json();
    final List<DataSegment> used = new ArrayList<>();
    for (String line : Files.readAllLines(Paths.get(args[0]), StandardCharsets.UTF_8)) {
      used.add(json.readValue(line, DataSegment.class));
    }
    final List<String> visible = new ArrayList<>();
    for (TimelineObjectHolder<String, DataSegment> holder : SegmentTimeline.forSegments(used).lookup(Intervals.ETERNITY)) {
      for (PartitionChunk<DataSegment> chunk : holder.getObject()) {
        // A tombstone hides older segments, and has no rows to ask for.
        if (!chunk.getObject().isTombstone()) visible.add(chunk.getObject().getId().toString());
      }
    }
    System.out.println(json.writeValueAsString(visible));
    return 0;
  }

  private Timeline() {}
}
