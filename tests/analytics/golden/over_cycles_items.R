# Oracle for run charts, control charts, the before-and-after test, reliability and agreement.
# R 4.2.2 with qicharts2 0.8.1, crossrun 0.1.1, coin 1.4.2, psych 2.2.9, lavaan 0.6.14, multilevel 2.7,
# lme4 1.1.31, Rmpfr 0.9.1, jsonlite 1.8.4. Run in this folder: Rscript over_cycles_items.R. It writes over_cycles_items_r.json.
# Each number is what the named package prints; nothing here repeats a formula of the library.
suppressMessages({library(qicharts2); library(crossrun); library(coin); library(psych); library(lavaan)
  library(multilevel); library(lme4); library(jsonlite); library(Rmpfr)})
set.seed(20260215)
out <- list()

# 1. Run charts: 80 series of 6 to 40 lessons on a grid with many ties, some missing; own median and frozen.
read_run <- function(y, baseline = NULL) {
  d <- if (is.null(baseline)) qic(y, return.data = TRUE) else qic(y, freeze = baseline, return.data = TRUE)
  as.list(d[1, c("cl", "n.useful", "longest.run", "longest.run.max", "n.crossings", "n.crossings.min", "runs.signal")])
}
out$run_charts <- lapply(1:80, function(i) {
  n <- sample(6:40, 1); y <- round(rnorm(n, 1, 0.6) * 5) / 5 + (i %% 4 == 0) * rep(c(0, -0.8), length.out = 2)[1 + (1:n > n / 2)]
  y <- round(y, 1); y[runif(n) < 0.06] <- NA  # no last binary digit, which would undo ties
  b <- max(4, floor(n / 3))
  list(values = y, own = read_run(y), baseline = b, frozen = read_run(y, b))
})

# 2. The exact joint law: crossings in rows (0, 1, ...), longest run in columns (1, 2, ...). For a known line
#    crossrunbin (its pt is times 2^(n-1)); for any split of marks above and below crossrunem, as shares.
known <- crossrunbin(nmax = 40, prob = 0.5)$pt
out$law_fixed <- lapply(c(12, 25, 40), function(n) list(n = n, law = asNumeric(known[[n]]) / 2^(n - 1)))
split <- crossrunem(nmax = 20)
out$law_own <- lapply(list(c(12, 6), c(20, 10), c(17, 6)), function(nm) {
  at <- paste0("m=", nm[2]); law <- asNumeric(split$nfi[[nm[1]]][, , at] + split$nfn[[nm[1]]][, , at])
  list(n = nm[1], above = nm[2], law = law / sum(law))
})

# 3. Control charts.
y <- round(rnorm(24, 2.4, 0.4), 2); size <- sample(3:9, 24, TRUE); N <- size * 40L; fav <- rbinom(24, N, 0.6 + rnorm(24, 0, 0.05))
lim <- function(d) list(centre = d$cl, lower = d$lcl, upper = d$ucl)
y_gap <- y; y_gap[9] <- NA; y_out <- y; y_out[7] <- 6
out$charts <- list(values = y, n = size, favourable = fav, answers = N, gap = y_gap, outlier = y_out,
  i = lim(qic(y, chart = "i", return.data = TRUE)),
  i_gap = lim(qic(y_gap, chart = "i", return.data = TRUE)),
  i_frozen = lim(qic(y, chart = "i", freeze = 14, return.data = TRUE)),
  ip = lim(qic(y * size, n = size, x = 1:24, chart = "ip", return.data = TRUE)),
  p = lim(qic(fav, n = N, x = 1:24, chart = "p", return.data = TRUE)),
  pp = lim(qic(fav, n = N, x = 1:24, chart = "pp", return.data = TRUE)))
options(qic.screenedmr = TRUE)
out$charts$i_screened <- lim(qic(y_out, chart = "i", return.data = TRUE))
options(qic.screenedmr = FALSE)
lesson <- rep(1:16, sample(15:30, 16, TRUE)); answer <- sample(1:5, length(lesson), TRUE)
even <- rep(1:14, each = 6); even_answer <- sample(1:5, length(even), TRUE)
xs <- function(x, a) list(lesson = x, answer = a, xbar = lim(qic(x, a, chart = "xbar", return.data = TRUE)), s = lim(qic(x, a, chart = "s", return.data = TRUE)))
out$xbar_s <- list(uneven = xs(lesson, answer), even = xs(even, even_answer))

# 4. Before and after: exact Wilcoxon with mid-ranks. "greater" of before over after is a fall.
out$before_after <- lapply(1:40, function(i) {
  n1 <- sample(3:9, 1); n2 <- sample(3:9, 1); a <- sample(1:6, n1, TRUE); z <- sample(1:6, n2, TRUE)
  d <- data.frame(v = c(a, z), g = factor(rep(c("before", "after"), c(n1, n2)), levels = c("before", "after")))
  p <- sapply(c("two.sided", "greater", "less"), function(s) as.numeric(pvalue(wilcox_test(v ~ g, d, distribution = "exact", alternative = s))))
  list(before = a, after = z, either = p[[1]], fall = p[[2]], rise = p[[3]], shift = median(outer(z, a, "-")))
})

# 5. Reliability.
scale <- read.csv("likert_scale.csv"); x <- scale[, -1]; cc <- na.omit(x); two <- read.csv("two_dimensions.csv")
read_alpha <- function(x) { a <- suppressWarnings(psych::alpha(x)); list(raw = a$total$raw_alpha, std = a$total$std.alpha, mean_r = a$total$average_r, feldt = c(a$feldt$lower.ci[[1]], a$feldt$upper.ci[[1]]), dropped = a$alpha.drop$raw_alpha) }
out$alpha <- list(pairwise = read_alpha(x), complete = read_alpha(cc))
out$item_rest <- list(complete = psych::alpha(cc)$item.stats$r.drop, pairwise = sapply(1:5, function(i) cor(x[, i], rowMeans(x[, -i], na.rm = TRUE), use = "complete.obs")))
read_omega <- function(x) {
  fit <- cfa(paste("f =~", paste(names(x), collapse = " + ")), x, std.lv = TRUE)
  l <- inspect(fit, "est")$lambda; th <- diag(inspect(fit, "est")$theta)
  c(list(omega = sum(l)^2 / (sum(l)^2 + sum(th)), loadings = as.vector(inspect(fit, "std")$lambda)),
    as.list(unclass(fitMeasures(fit, c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr")))))
}
out$omega <- list(likert_scale = read_omega(cc), two_dimensions = read_omega(two))

# 6. Classes.
ok <- !is.na(scale$i1); g <- factor(scale$class[ok]); v <- scale$i1[ok]; a <- aov(v ~ g); s <- summary(a)[[1]]
m <- as.data.frame(VarCorr(lmer(v ~ 1 + (1 | g))))$vcov
out$classes <- list(between_ms = s[1, 3], within_ms = s[2, 3], f = s[1, 4], p = s[1, 5], icc1_mean_size = ICC1(a), icc2 = ICC2(a), reml_between = m[1], reml_within = m[2])

# 7. Kappa.
r1 <- sample(1:4, 60, TRUE); r2 <- ifelse(runif(60) < 0.6, r1, sample(1:4, 60, TRUE)); k <- cohen.kappa(cbind(r1, r2))
out$kappa <- list(first = r1, second = r2, unweighted = as.list(k$confid[1, ]), quadratic = as.list(k$confid[2, ]))

write_json(out, "over_cycles_items_r.json", digits = 15, auto_unbox = TRUE, na = "null")
