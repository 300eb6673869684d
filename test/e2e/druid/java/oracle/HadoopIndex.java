package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.OperatingSystemMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.druid.indexer.HadoopDruidDetermineConfigurationJob;
import org.apache.druid.indexer.HadoopDruidIndexerConfig;
import org.apache.druid.indexer.HadoopDruidIndexerJob;
import org.apache.druid.indexer.JobHelper;
import org.apache.druid.indexer.DataSegmentAndIndexZipFilePath;
import org.apache.druid.timeline.DataSegment;

/**
 * index_hadoop in this JVM: the same sequence as CliInternalHadoopIndexer (determine configuration, index
 * generation, rename of index.zip.&lt;attempt&gt; to index.zip, deletion of the intermediate path), without the
 * metadata store: {@code ioConfig.metadataUpdateSpec} must therefore be absent.
 */
final class HadoopIndex
{
  static int run(String[] args) throws Exception
  {
    String specPath = null;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--local-tasks")) {
        // Hadoop's LocalJobRunner runs one map and one reduce at a time unless told otherwise.
        final String n = args[++i];
        System.setProperty("hadoop.mapreduce.local.map.tasks.maximum", n);
        System.setProperty("hadoop.mapreduce.local.reduce.tasks.maximum", n);
      } else {
        specPath = args[i];
      }
    }
    final OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    final Map<String, Object> report = new LinkedHashMap<>();
    final long t0 = System.nanoTime();

    final HadoopDruidIndexerConfig config = HadoopDruidIndexerConfig.fromString(Env.spec(specPath));
    final ObjectMapper json = HadoopDruidIndexerConfig.JSON_MAPPER;
    report.put("dataSource", config.getDataSource());
    report.put("startupSeconds", seconds(t0, System.nanoTime()));

    final HadoopDruidDetermineConfigurationJob determine = new HadoopDruidDetermineConfigurationJob(config);
    final HadoopDruidIndexerJob index = new HadoopDruidIndexerJob(config, null);

    long t = System.nanoTime();
    long c = os.getProcessCpuTime();
    boolean ok = determine.run();
    final Map<String, Object> pass1 = new LinkedHashMap<>();
    pass1.put("ok", ok);
    pass1.put("wallSeconds", seconds(t, System.nanoTime()));
    pass1.put("cpuSeconds", (os.getProcessCpuTime() - c) / 1_000_000 / 1000.0);
    pass1.put("stats", determine.getStats());
    pass1.put("error", ok ? null : determine.getErrorMessage());
    pass1.put("shardSpecs", config.getSchema().getTuningConfig().getShardSpecs());
    report.put("determinePartitions", pass1);

    if (ok) {
      t = System.nanoTime();
      c = os.getProcessCpuTime();
      ok = index.run();
      final Map<String, Object> pass2 = new LinkedHashMap<>();
      pass2.put("ok", ok);
      pass2.put("wallSeconds", seconds(t, System.nanoTime()));
      pass2.put("cpuSeconds", (os.getProcessCpuTime() - c) / 1_000_000 / 1000.0);
      pass2.put("stats", index.getStats());
      pass2.put("error", ok ? null : index.getErrorMessage());
      report.put("indexGenerator", pass2);
    }
    final List<Object> segments = new ArrayList<>();
    if (ok) {
      final List<DataSegmentAndIndexZipFilePath> published = index.getPublishedSegmentAndIndexZipFilePaths();
      JobHelper.renameIndexFilesForSegments(config.getSchema(), published);
      long raw = 0;
      long zip = 0;
      for (DataSegmentAndIndexZipFilePath p : published) {
        final DataSegment s = p.getSegment();
        final Map<String, Object> m = new LinkedHashMap<>();
        m.put("id", s.getId().toString());
        raw += s.getSize();
        final java.net.URI uri = java.net.URI.create(toUri(p.getFinalIndexZipFilePath()));
        if ("file".equals(uri.getScheme())) {
          // What an index_hadoop task publishes: the DataSegment of the descriptor.  Written beside index.zip so
          // that tests can compare it; Druid 33 itself leaves no descriptor.json in deep storage.
          final File zipFile = new File(uri);
          json.writerWithDefaultPrettyPrinter().writeValue(new File(zipFile.getParentFile(), "descriptor.json"), s);
          zip += zipFile.length();
          m.put("zipBytes", zipFile.length());
        }
        m.put("descriptor", p);
        segments.add(m);
      }
      report.put("segmentBytes", raw);
      report.put("zipBytes", zip);
    }
    report.put("segments", segments);
    JobHelper.maybeDeleteIntermediatePath(ok, config.getSchema());
    report.put("totalSeconds", seconds(t0, System.nanoTime()));
    report.put("processCpuSeconds", os.getProcessCpuTime() / 1_000_000 / 1000.0);
    System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    return ok ? 0 : 1;
  }

  private static String toUri(String path)
  {
    // Hadoop prints file:/a/b:c ; java.net.URI accepts it as it is because the path is absolute.
    return path.replace(" ", "%20");
  }

  private static double seconds(long from, long to)
  {
    return (to - from) / 1_000_000 / 1000.0;
  }

  private HadoopIndex() {}
}
