"""What a soak measured, and what is to be thought of it."""
import statistics

GROWTH_MIB = 48
GROWTH_DESCRIPTORS = 8
ERROR_SHARE = 0.02       # of the clients: a lossy network ends some of them
SETTLE_S = 10            # after a change of the loss the bit rate is on its way
RAMP_S = 60              # until as many sessions live as will
SLOPE_SAMPLES = 10       # fewer show no slope
LOSSY = 0.03             # BitrateControl takes less than 2 % for a clean path


def slope(points):
    """The median of the slopes between all pairs of (time, value): single peaks do not matter (Theil and Sen)."""
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for k, a in enumerate(points) for b in points[k + 1:] if b[0] > a[0]]
    return statistics.median(slopes) if slopes else 0.0


def growth(samples, name):
    """How much `name` grew over the samples, by their slope, once the load is there; None if that was too short."""
    points = [(sample["seconds"], sample[name]) for sample in samples
              if sample["seconds"] >= samples[0]["seconds"] + RAMP_S]
    if len(points) < SLOPE_SAMPLES:
        return None
    return round(slope(points) * (points[-1][0] - points[0][0]), 2)


def rates_by_loss(phases, rates):
    """For each loss the mean bit rates, asked for and received, without the seconds after a change."""
    found = {}
    for number, (begun, loss) in enumerate(phases):
        ended = phases[number + 1][0] if number + 1 < len(phases) else float("inf")
        inside = [rate for rate in rates if begun + SETTLE_S <= rate[0] < ended]
        found.setdefault(loss, []).extend(inside)
    return [{"loss": loss, "seconds": len(inside),
             "asked_kbps": round(statistics.fmean(rate[1] for rate in inside)),
             "received_kbps": round(statistics.fmean(rate[3] for rate in inside)),
             "pictures_per_s": round(statistics.fmean(rate[2] for rate in inside), 1)}
            for loss, inside in sorted(found.items()) if inside]


def faults(result):
    """What is wrong, in words; an empty list if nothing is."""
    found = []
    for name, unit, limit in (("memory", "MiB", GROWTH_MIB), ("descriptors", "descriptors", GROWTH_DESCRIPTORS)):
        idle = result["idle_after"][name] - result["idle_before"][name]
        if idle > limit:
            found.append(f"the idle server has {idle:.1f} {unit} more than before, expected at most {limit}")
        if (result["growth"][name] or 0) > limit:
            found.append(f"under load it grew by {result['growth'][name]:.1f} {unit}, expected at most {limit}")
    if result["stuck"]:
        found.append(f"{len(result['stuck'])} sessions outlived their client and the idle limit: {result['stuck'][:5]}")
    clients, errors = result["clients"], sum(result["errors"].values())
    if clients == 0:
        found.append("no client was served")
    if errors > max(1, ERROR_SHARE * clients):
        found.append(f"{errors} errors of {clients} clients, expected at most {ERROR_SHARE:.0%}")
    if result["critical"]:
        found.append(f"the server's log has errors: {result['critical'][0]}")
    clean = [row["asked_kbps"] for row in result["rates"] if row["loss"] == 0]
    for row in result["rates"]:
        if clean and row["loss"] >= LOSSY and row["asked_kbps"] >= clean[0]:
            found.append(f"the bit rate does not follow a loss of {row['loss']:.0%}: {row['asked_kbps']} kbit/s")
    code, seconds = result["end"]
    if code != 0 or seconds > 10:
        found.append(f"the end took {seconds:.1f} s and gave the code {code}")
    return found


def write_text(result):
    before, after = result["idle_before"], result["idle_after"]
    for name, unit in (("memory", "MiB"), ("descriptors", "open"), ("threads", "running")):
        grew = result["growth"][name]
        under_load = "too short for a slope" if grew is None else f"{grew:+.1f} by the slope"
        print(f"{name:12} idle {before[name]:.1f} -> {after[name]:.1f} {unit}; under load, {result['seconds'] / 60:.1f} "
              f"minutes: {under_load}")
    print(f"clients      {result['clients']}: {result['counts']}")
    print(f"errors       {result['errors'] or 'none'}")
    for text in result["error_texts"][:5]:
        print(f"             {text}")
    print(f"stuck        {result['stuck'] or 'none'}")
    for text, count in result["warnings"].items():
        print(f"warned       {count} times: {text}")
    print(f"processors   the server used {result['server_cores']:.2f} of a core")
    if result["link"]:
        print(f"link         {result['link']}")
    for row in result["rates"]:
        print(f"loss {row['loss']:4.0%}    asked for {row['asked_kbps']} kbit/s, received {row['received_kbps']}, "
              f"{row['pictures_per_s']} pictures a second, {row['seconds']} s")
    print("verdict:", "; ".join(result["faults"]) or f"steady over {result['clients']} clients")


def draw(result, path):
    import matplotlib  # only here: not everybody who soaks draws
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(3, 1, figsize=(8, 6), sharex=True, dpi=80)
    minutes = [sample["seconds"] / 60 for sample in result["samples"]]
    for row, names in zip(axes, (("memory",), ("descriptors", "threads", "sessions"))):
        for name in names:
            row.plot(minutes, [sample[name] for sample in result["samples"]], linewidth=0.9, label=name)
        row.set_ylim(bottom=0)
    axes[0].set_ylabel("resident, MiB")
    axes[1].legend(loc="center right", fontsize=7)
    axes[2].plot([rate["seconds"] / 60 for rate in result["rate_samples"]],
                 [rate["asked_kbps"] for rate in result["rate_samples"]], linewidth=0.9)
    axes[2].set_ylabel("bit rate, kbit/s")
    axes[2].set_ylim(bottom=0)
    loss = axes[2].twinx()
    loss.step([phase["seconds"] / 60 for phase in result["phases"]],
              [100 * phase["loss"] for phase in result["phases"]], where="post", color="#c05621", linewidth=0.8)
    loss.set_ylabel("loss, %")
    axes[2].set_xlabel("minutes")
    axes[0].set_title(f"{result['clients']} clients, {result['size']} at {result['fps']:g} fps", fontsize=9)
    figure.tight_layout()
    figure.savefig(path)
