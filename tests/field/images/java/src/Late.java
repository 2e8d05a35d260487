import java.net.InetAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.HexFormat;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.TimeZone;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import javax.xml.parsers.DocumentBuilderFactory;

/** What a second request brings in: time zones, charsets, security providers, trust, a child process, management, XML, preferences. */
public class Late {
  public static String report() throws Exception {
    StringBuilder out = new StringBuilder();
    LocalDateTime moment = LocalDateTime.of(2024, 7, 1, 12, 0);
    out.append(ResourceBundle.getBundle("late").getString("greeting")).append('\n');
    out.append(TimeZone.getDefault().getID()).append('\n');
    out.append(moment.atZone(ZoneOffset.UTC).withZoneSameInstant(ZoneId.of("America/New_York"))
        .format(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.FULL).withLocale(Locale.GERMANY))).append('\n');
    out.append(new String(new byte[] {(byte) 0x8a, (byte) 0xbf, (byte) 0x8e, (byte) 0x9a}, "Shift_JIS")).append('\n');
    out.append(HexFormat.of().formatHex(MessageDigest.getInstance("SHA3-256").digest("ocislim".getBytes("UTF-8")))).append('\n');
    out.append(InetAddress.getByName("localhost").getHostAddress()).append('\n');
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    for (TrustManager manager : trust.getTrustManagers()) {
      out.append(((X509TrustManager) manager).getAcceptedIssuers().length > 100).append('\n');
    }
    out.append(SSLContext.getDefault().createSSLEngine().getSupportedProtocols().length).append('\n');
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XshowSettings:none", "--list-modules")
        .redirectErrorStream(true).start();
    out.append(new String(process.getInputStream().readAllBytes(), "UTF-8").contains("java.base@")).append('\n');
    out.append(java.lang.management.ManagementFactory.getRuntimeMXBean().getVmName().isEmpty()).append('\n');
    out.append(DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument().getImplementation().hasFeature("XML", "1.0")).append('\n');
    out.append(java.util.logging.Logger.getLogger("x").getParent().getHandlers().length).append('\n');
    out.append(System.getProperty("user.name")).append('\n');
    return out.toString();
  }
}
