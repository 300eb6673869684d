import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * Starts a daemon with Kerberos where Hadoop's native library is not, as it is in no public jar. A NodeManager would refuse to serve
 * the output of maps: with Kerberos it wants to know by native code whose the files are. It looks when that class is loaded, so we load it
 * before Kerberos is on. All files belong to one user here.
 */
public class WithoutNativeCode {
  public static void main(String[] args) throws Exception {
    YarnConfiguration simple = new YarnConfiguration();
    simple.set("hadoop.security.authentication", "simple");
    UserGroupInformation.setConfiguration(simple);
    Class.forName("org.apache.hadoop.io.SecureIOUtils");
    UserGroupInformation.setConfiguration(new YarnConfiguration());
    Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
  }
}
