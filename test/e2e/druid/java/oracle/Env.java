package oracle;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.name.Names;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.druid.guice.DruidProcessingModule;
import org.apache.druid.guice.QueryRunnerFactoryModule;
import org.apache.druid.guice.QueryableModule;
import org.apache.druid.guice.StartupInjectorBuilder;
import org.apache.druid.guice.annotations.Json;
import org.apache.druid.initialization.Initialization;
import org.apache.druid.segment.IndexIO;
import org.apache.druid.utils.CompressionUtils;

/** Druid's own injector, as `druid tools dump-segment` makes it, plus small file helpers. */
final class Env
{
  private static Injector injector;
  private static final List<Path> UNZIPPED = new ArrayList<>();

  static synchronized Injector injector()
  {
    if (injector == null) {
      injector = Initialization.makeInjectorWithModules(
          new StartupInjectorBuilder().forServer().build(),
          ImmutableList.<Module>of(
              new DruidProcessingModule(),
              new QueryableModule(),
              new QueryRunnerFactoryModule(),
              binder -> {
                binder.bindConstant().annotatedWith(Names.named("serviceName")).to("segmill/e2e");
                binder.bindConstant().annotatedWith(Names.named("servicePort")).to(9999);
                binder.bindConstant().annotatedWith(Names.named("tlsServicePort")).to(-1);
              }
          )
      );
    }
    return injector;
  }

  static ObjectMapper json()
  {
    return injector().getInstance(Key.get(ObjectMapper.class, Json.class));
  }

  static IndexIO indexIO()
  {
    return injector().getInstance(IndexIO.class);
  }

  /** A segment folder as it is, or an index.zip (or a folder holding one) unzipped to a folder that lasts as long as the command. */
  static File segmentDir(String arg) throws IOException
  {
    File f = new File(arg);
    if (f.isDirectory() && !new File(f, "version.bin").exists()) {
      if (new File(f, "index.zip").exists()) {
        f = new File(f, "index.zip");
      } else if (new File(f, "index").isDirectory()) {
        return new File(f, "index");
      }
    }
    if (f.isFile()) {
      final Path tmp = Files.createTempDirectory("segmill-segment");
      UNZIPPED.add(tmp);
      CompressionUtils.unzip(f, tmp.toFile());
      return tmp.toFile();
    }
    return f;
  }

  /** The spec's text with ${DIR} replaced by the absolute folder it lies in. */
  static String spec(String path) throws IOException
  {
    final File f = new File(path).getAbsoluteFile().toPath().normalize().toFile();
    return new String(Files.readAllBytes(f.toPath()), java.nio.charset.StandardCharsets.UTF_8)
        .replace("${DIR}", f.getParent());
  }

  static void deleteUnzipped()
  {
    UNZIPPED.forEach(Env::delete);
    UNZIPPED.clear();
  }

  private static void delete(Path p)
  {
    try (Stream<Path> s = Files.walk(p)) {
      s.sorted(Comparator.reverseOrder()).forEach(x -> x.toFile().delete());
    }
    catch (IOException ignored) {
      // best effort
    }
  }

  private Env() {}
}
