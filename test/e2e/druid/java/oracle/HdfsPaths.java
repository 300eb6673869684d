package oracle;

import com.google.common.collect.ImmutableMap;
import com.google.inject.Binder;
import java.io.File;
import java.net.URI;
import java.util.Map;
import org.apache.druid.guice.Binders;
import org.apache.druid.initialization.DruidModule;
import org.apache.druid.segment.loading.DataSegmentPusher;
import org.apache.druid.timeline.DataSegment;
import org.joda.time.DateTime;
import org.joda.time.format.ISODateTimeFormat;

/**
 * What Druid's Hadoop indexer takes of the extension druid-hdfs-storage, which Maven Central lacks for Druid 33: names of paths without colons,
 * and the loadSpec. Segments are zipped and written by the indexer itself.
 */
public final class HdfsPaths implements DruidModule
{
  @Override
  public void configure(Binder binder)
  {
    Binders.dataSegmentPusherBinder(binder).addBinding("hdfs").to(Pusher.class);
  }

  static final class Pusher implements DataSegmentPusher
  {
    @Override
    public String makeIndexPathName(DataSegment segment, String indexName)
    {
      return "./" + getStorageDir(segment, false) + "/" + segment.getShardSpec().getPartitionNum() + "_" + indexName;
    }

    @Override
    public String getStorageDir(DataSegment segment, boolean useUniquePath)
    {
      final String interval = compact(segment.getInterval().getStart()) + "_" + compact(segment.getInterval().getEnd());
      return segment.getDataSource() + "/" + interval + "/" + segment.getVersion().replace(':', '_');
    }

    @Override
    public Map<String, Object> makeLoadSpec(URI path)
    {
      return ImmutableMap.of("type", "hdfs", "path", path.toString());
    }

    @Override
    public String getPathForHadoop()
    {
      throw notAsked();
    }

    @Override
    public String getPathForHadoop(String dataSource)
    {
      throw notAsked();
    }

    @Override
    public DataSegment push(File folder, DataSegment segment, boolean useUniquePath)
    {
      throw notAsked();
    }

    @Override
    public DataSegment pushToPath(File folder, DataSegment segment, String path)
    {
      throw notAsked();
    }

    private static String compact(DateTime time)
    {
      return time.toString(ISODateTimeFormat.basicDateTime());
    }

    private static UnsupportedOperationException notAsked()
    {
      return new UnsupportedOperationException("not asked for by the Hadoop indexer");
    }
  }
}
