// The values of the launcher's options: numbers, times, hosts, files of hosts, settings, commands.
#include <fuzz/file.hpp>
#include <fuzz/target.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const std::string value(text(bytes.subspan(1)));
    switch (std::to_integer<unsigned>(bytes[0]) % 6) {
        case 0:
            require(launcher::positive_number("-n", "the number of ranks", value) > 0);
            break;
        case 1:
            require(launcher::duration("--timeout", value, true).count() >= 0);
            break;
        case 2:
            for (const auto& host : launcher::host_list(value)) require(!host.name.empty() && host.slots > 0);
            break;
        case 3:
            for (const auto& host : launcher::host_file(File(value).path()))
                require(!host.name.empty() && host.slots > 0);
            break;
        case 4:
            require(!launcher::setting(value, {{"HOME", "/root"}}).first.empty());
            break;
        default:
            require(!launcher::command_words("--wrap", value).empty());
    }
}

std::vector<std::string> seeds() {
    return {std::string(1, '\0') + "16",
            "\x01"
            "1h30m",
            "\x01"
            "1.5s",
            "\x02"
            "a:8,b:8,[fd00::7]:8,c,a:2",
            "\x03"
            "# hosts\na:8\nb slots=4\nc 2\n[fd00::7]:8\nfd00::8 2 # comment\n",
            "\x04"
            "NAME=value",
            "\x04"
            "HOME",
            "\x05"
            "nice -n 5 'two words' \"and more\""};
}

}  // namespace hecaton::fuzz
